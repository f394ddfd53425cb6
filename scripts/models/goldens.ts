import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { CLASSIFIER_CLASSES } from './classifier.ts';
import { DETECTION_LENGTH } from './detector.ts';
import { PATTERN_NAMES } from './patterns.ts';

const GOLDENS_FILE = path.resolve(import.meta.dirname, '../../test/scripts/models/goldens/tfjs.json');

/** The best ones: all that a threshold could ever let through. */
export const DETECTIONS_KEPT = 20;

const detection = v.pipe(v.array(v.number()), v.length(DETECTION_LENGTH));
const answers = v.object({
  probs: v.pipe(v.array(v.number()), v.length(CLASSIFIER_CLASSES.length)),
  detections: v.array(detection),
});
const goldens = v.object({
  /** the runtime that gave them */
  reference: v.string(),
  patterns: v.object(v.entriesFromList(PATTERN_NAMES, answers)),
});

/** What the two models say of one picture. */
export type Answers = v.InferOutput<typeof answers>;
/** What the original models say of every pattern, so that tests can compare without tfjs. */
export type Goldens = v.InferOutput<typeof goldens>;

export async function readGoldens(): Promise<Goldens> {
  return v.parse(goldens, JSON.parse(await readFile(GOLDENS_FILE, 'utf8')));
}

export async function writeGoldens(value: Goldens): Promise<void> {
  // Eight digits are what a float32 has.
  const shorten = (_key: string, item: unknown): unknown =>
    typeof item === 'number' ? Number(item.toPrecision(8)) : item;
  await writeFile(GOLDENS_FILE, JSON.stringify(value, shorten));
}
