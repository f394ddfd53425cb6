import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PartAnswer, PartProbe } from '../../core/ports/partProbe.ts';

const LONGEST = 10_000;

/** The Perl that ExifTool is started with: the first one on the PATH. */
export class PerlProbe implements PartProbe {
  readonly name = 'Perl';

  async probe(signal: AbortSignal): Promise<PartAnswer> {
    try {
      const args = ['-e', 'print substr($^V, 1), " (", $^X, ")"'];
      const { stdout } = await promisify(execFile)('perl', args, { signal, timeout: LONGEST });
      return { kind: 'works', version: stdout };
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      const why =
        code === 'ENOENT'
          ? 'There is no Perl on the PATH. ExifTool, which writes the sidecars, is written in it.'
          : `Perl does not start: ${message.split('\n', 1)[0] ?? ''}`;
      return { kind: 'broken', why };
    }
  }
}
