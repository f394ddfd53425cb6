import { ImageError } from '../../core/model/failure.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PartAnswer, PartProbe } from '../../core/ports/partProbe.ts';
import { ExiftoolProcesses } from './exiftoolProcesses.ts';

/** Starts ExifTool as the writing of sidecars does, and asks for its version. */
export class ExiftoolProbe implements PartProbe {
  readonly name = 'ExifTool';
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  async probe(): Promise<PartAnswer> {
    const processes = new ExiftoolProcesses({ maxProcs: 1, log: this.log });
    try {
      const { stdout, errors } = await processes.run(['-ver']);
      const version = stdout.trim();
      return /^\d+\.\d+/.test(version)
        ? { kind: 'works', version }
        : { kind: 'broken', why: `ExifTool does not say its version: ${errors[0] ?? version}` };
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return { kind: 'broken', why: error.message };
    } finally {
      await processes.close();
    }
  }
}
