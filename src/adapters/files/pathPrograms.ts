import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ProgramFinder } from '../../core/ports/programFinder.ts';

/** Looks for programs in the folders of the PATH; what is relative there would lead into whatever folder we are in. */
export class PathPrograms implements ProgramFinder {
  private readonly env: Readonly<Record<string, string | undefined>>;

  /** @param env the environment that programs are started with */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.env = env;
  }

  async find(name: string): Promise<string | undefined> {
    const isWindows = process.platform === 'win32';
    // on Windows the name of the variable is spelt `Path` as a rule
    const paths = Object.entries(this.env).find(([key]) => (isWindows ? key.toUpperCase() : key) === 'PATH')?.[1] ?? '';
    const endings = isWindows ? (this.env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : [''];
    for (const folder of paths.split(delimiter).filter(isAbsolute)) {
      for (const ending of endings) {
        const path = join(folder, `${name}${ending}`);
        if (await isProgram(path)) return path;
      }
    }
    return undefined;
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
