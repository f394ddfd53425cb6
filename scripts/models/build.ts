/**
 * Builds the bundled models: `node scripts/models/build.ts [--force]`.
 *
 *   npm package -> sources.ts -> layers.ts | graph.ts -> emit.ts -> onnx.ts -> proto.ts -> media/models/*.onnx
 *                  (+ weights.ts)  (what the model says)  (in ONNX's words)  (as bytes)
 *
 * The result is the same byte for byte on every machine. media/models/checksums.json says which bytes; it is in the
 * repository, the models are not. After a change to the converter, compare with tfjs (parity.ts) and enter the new
 * checksum, which the error names.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { buildClassifier } from './classifier.ts';
import { buildDetector } from './detector.ts';
import { ModelBuildError } from './modelBuildError.ts';
import { readCenternetModel, readNsfwjsModel } from './sources.ts';

export const MODELS_FOLDER = path.resolve(import.meta.dirname, '../../media/models');

const BUILDERS = {
  'classifier.onnx': async () => buildClassifier(await readNsfwjsModel()),
  'detector.onnx': async () => buildDetector(await readCenternetModel()),
} as const satisfies Readonly<Record<string, () => Promise<Uint8Array>>>;
export type ModelFile = keyof typeof BUILDERS;
export const MODEL_FILES = Object.keys(BUILDERS) as readonly ModelFile[];

const checksum = v.object({
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** the npm package with the weights, package@version */
  source: v.string(),
});
const checksums = v.object({ 'classifier.onnx': checksum, 'detector.onnx': checksum });
type Checksum = v.InferOutput<typeof checksum>;

export type BuildOutcome =
  | { readonly kind: 'built'; readonly file: ModelFile; readonly bytes: number; readonly milliseconds: number }
  | { readonly kind: 'kept'; readonly file: ModelFile };

/** The model's bytes, unchecked. */
export async function convertModel(file: ModelFile): Promise<Uint8Array> {
  return BUILDERS[file]();
}

/**
 * Makes sure that the folder has both models.
 * @param folder has checksums.json; a model there with the right checksum is left alone
 * @param options.force build even so
 * @throws ModelBuildError; then the model's file is as it was before
 */
export async function buildModels(
  folder: string,
  options: { readonly force: boolean },
): Promise<readonly BuildOutcome[]> {
  const expected = await readChecksums(path.join(folder, 'checksums.json'));
  const outcomes: BuildOutcome[] = [];
  for (const file of MODEL_FILES) {
    const target = path.join(folder, file);
    if (!options.force && (await isIntact(target, expected[file]))) {
      outcomes.push({ kind: 'kept', file });
      continue;
    }
    const start = performance.now();
    const bytes = await convertModel(file);
    const sha256 = sha256Of(bytes);
    if (sha256 !== expected[file].sha256) {
      throw new ModelBuildError(
        'checksum',
        `${file}: built ${bytes.length} bytes with SHA-256 ${sha256}, but checksums.json has ` +
          `${expected[file].bytes} bytes with ${expected[file].sha256}. Nothing was written.`,
      );
    }
    await writeAside(target, bytes);
    outcomes.push({ kind: 'built', file, bytes: bytes.length, milliseconds: performance.now() - start });
  }
  return outcomes;
}

async function readChecksums(file: string): Promise<Readonly<Record<ModelFile, Checksum>>> {
  try {
    return v.parse(checksums, JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new ModelBuildError('checksum', `${file} cannot be read`, { cause });
  }
}

async function isIntact(file: string, expected: Checksum): Promise<boolean> {
  try {
    return sha256Of(await readFile(file)) === expected.sha256;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** An interrupted build leaves no half model, and whoever reads the old one meanwhile reads all of it. */
async function writeAside(target: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.partial`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } });
  for (const outcome of await buildModels(MODELS_FOLDER, values)) {
    console.log(
      outcome.kind === 'kept'
        ? `${outcome.file}: up to date`
        : `${outcome.file}: ${(outcome.bytes / 1e6).toFixed(2)} MB in ${Math.round(outcome.milliseconds)} ms`,
    );
  }
}
