import calls from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Calls = typeof calls;

/** Has a call of the file system do something else until the end of the `using` block, whoever calls it. */
export function replacedCall<
  N extends 'chmod' | 'copyFile' | 'link' | 'lstat' | 'open' | 'readFile' | 'rm' | 'unlink' | 'utimes',
>(name: N, instead: (real: Calls[N]) => Calls[N]): Disposable {
  const real = calls[name];
  const set = (call: Calls[N]): void => {
    calls[name] = call;
    syncBuiltinESMExports();
  };
  set(instead(real));
  return { [Symbol.dispose]: () => set(real) };
}
