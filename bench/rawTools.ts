import { DefaultExiftoolArgs, ExifTool } from 'exiftool-vendored';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { FIELD_TABLE } from '../src/adapters/exiftool/fieldTable.ts';
import { switchTelemetryOff } from '../src/adapters/onnx/telemetry.ts';
import type { SidecarFields } from '../src/core/sidecar/fields.ts';

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** ExifTool through exiftool-vendored alone: sidecars with these fields, as many processes as there are cores. */
export async function rawSidecars(folder: string, config: string, sidecars: readonly SidecarFields[]): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const exiftool = new ExifTool({
    maxProcs: availableParallelism(),
    exiftoolArgs: ['-config', config, ...DefaultExiftoolArgs],
  });
  try {
    return await seconds(() =>
      Promise.all(
        sidecars.map((fields, n) => {
          const tags = Object.entries(fields).map(([field, value]): [string, unknown] => [
            FIELD_TABLE[field as keyof SidecarFields].tag,
            value,
          ]);
          return exiftool.write(join(folder, `${n}.xmp`), Object.fromEntries(tags), {
            writeArgs: ['-overwrite_original'],
          });
        }),
      ),
    );
  } finally {
    await exiftool.end();
  }
}

/** Decoding and both models alone, a worker a core, each with one session of one thread. */
export async function rawInference(folder: string, models: string): Promise<number> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => join(folder, name));
  const cores = availableParallelism();
  return seconds(() =>
    Promise.all(
      Array.from({ length: cores }, (_, i) => {
        const share = files.filter((_, n) => n % cores === i);
        switchTelemetryOff();
        const worker = new Worker(new URL('./rawInferenceWorker.ts', import.meta.url), {
          workerData: { files: share, models },
        });
        return new Promise<void>((done, fail) => worker.once('error', fail).once('exit', () => done()));
      }),
    ),
  );
}

/** Moving the files alone. */
export async function rawMoves(from: string, to: string): Promise<number> {
  mkdirSync(to, { recursive: true });
  return seconds(async () => {
    for (const name of readdirSync(from)) renameSync(join(from, name), join(to, name));
  });
}
