import { registerHooks } from 'node:module';

/** From now on the package can't be loaded in this thread, as on a platform that it has no native part for. */
export function hidePackage(name: string): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === name) throw new Error(`${name}.node: cannot open shared object file\nTry to reinstall it`);
      return next(specifier, context);
    },
  });
}
