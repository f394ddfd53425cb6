/**
 * Trains what tells drawn from photographed by the classifier's scores (src/adapters/onnx/style.ts), and measures
 * it and the finding of persons on pictures that it was not trained on:
 *
 *   node scripts/models/build.ts
 *   node scripts/models/style/calibrate.ts FOLDER     FOLDER keeps the pictures, 0.6 GB, which are fetched when they are missing
 *
 * Prints weights and bias for style.ts, and the tables of docs/analysis.md with every miss. The style of each picture is told by
 * those from the other four fifths of the pictures; those for style.ts come from all of them.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { BundledModels } from '../../../src/adapters/onnx/bundledModels.ts';
import { CallGate } from '../../../src/adapters/onnx/callGate.ts';
import { modelInputs } from '../../../src/adapters/onnx/modelInputs.ts';
import { OnnxRuntime } from '../../../src/adapters/onnx/onnxRuntime.ts';
import { personsOf } from '../../../src/adapters/onnx/persons.ts';
import { CERTAIN, classScores, styleFeatures } from '../../../src/adapters/onnx/style.ts';
import type { Style } from '../../../src/core/model/analysis.ts';
import { MODELS_FOLDER } from '../build.ts';
import { KINDS, labelledPictures, type Kind, type LabelledPicture } from './labelledPictures.ts';
import { fitLogistic, probability, type Logistic } from './logistic.ts';

interface Measured extends LabelledPicture {
  readonly features: readonly number[];
  /** confidence of the surest person, 0 when there is none */
  readonly person: number;
}

const PARTS = 5;
const PERSON_THRESHOLD = 0.3;
const [, , folder = ''] = process.argv;
if (folder === '') throw new Error('say where the pictures are to be kept');

const measured = await measure(await labelledPictures(resolve(folder)));
const all = train(measured);
console.log(`WEIGHTS ${all.weights.map((weight) => weight.toFixed(3)).join(', ')}, BIAS ${all.bias.toFixed(3)}\n`);
printStyles(measured);
printPersons(measured);

async function measure(pictures: readonly LabelledPicture[]): Promise<readonly Measured[]> {
  const runtime = await OnnxRuntime.load('cpu', new CallGate(CallGate.share()));
  const models = await BundledModels.load(MODELS_FOLDER, runtime);
  const results: Measured[] = [];
  for (const picture of pictures) {
    const { classifier, detector, box } = await modelInputs(picture.path);
    const features = styleFeatures(classScores(await models.classify(classifier)));
    const [first] = personsOf(await models.detect(detector), box, PERSON_THRESHOLD);
    results.push({ ...picture, features, person: first?.confidence ?? 0 });
  }
  return results;
}

/** Scenery and graphics are left out: what they are taken for is not for them to say. */
function train(pictures: readonly Measured[]): Logistic {
  const certain = pictures.filter(({ kind }) => kind !== 'scenery' && kind !== 'graphic');
  return fitLogistic(certain.map(({ features, kind }) => ({ values: features, isYes: kind === 'character' })));
}

function printStyles(pictures: readonly Measured[]): void {
  const partOf = ({ name }: Measured): number => (createHash('sha256').update(name).digest()[0] ?? 0) % PARTS;
  const told = new Map<Measured, Style>();
  for (let part = 0; part < PARTS; part++) {
    const layer = train(pictures.filter((picture) => partOf(picture) !== part));
    for (const picture of pictures.filter((one) => partOf(one) === part)) {
      const drawn = probability(layer, picture.features);
      told.set(picture, drawn >= CERTAIN ? 'drawing' : drawn <= 1 - CERTAIN ? 'photo' : 'unsure');
    }
  }
  console.log('| pictures | drawing | photo | unsure |\n| --- | --- | --- | --- |');
  for (const kind of KINDS) {
    const styles = pictures.filter((picture) => picture.kind === kind).map((picture) => told.get(picture));
    const count = (style: Style): number => styles.filter((one) => one === style).length;
    console.log(`| ${kind} (${styles.length}) | ${count('drawing')} | ${count('photo')} | ${count('unsure')} |`);
  }
  const wrong = (kinds: readonly Kind[], style: Style): void => {
    const misses = pictures.filter((picture) => kinds.includes(picture.kind) && told.get(picture) === style);
    console.log(`\n${kinds.join(', ')} taken for ${style}:`, misses.map(({ name }) => name).join(', '));
  };
  wrong(['photo', 'people'], 'drawing');
  wrong(['character'], 'photo');
}

function printPersons(pictures: readonly Measured[]): void {
  console.log('\n| pictures | with a person found |\n| --- | --- |');
  for (const kind of KINDS) {
    const ofKind = pictures.filter((picture) => picture.kind === kind);
    console.log(`| ${kind} (${ofKind.length}) | ${ofKind.filter(({ person }) => person > 0).length} |`);
  }
  const list = (title: string, some: readonly Measured[]): void =>
    console.log(`\n${title}:`, some.map(({ name, person }) => `${name} (${person})`).join(', '));
  list(
    'people not found',
    pictures.filter(({ kind, person }) => kind === 'people' && person === 0),
  );
  list(
    'persons where there are none',
    pictures.filter(({ kind, person }) => kind !== 'people' && kind !== 'character' && person > 0),
  );
}
