import { readFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import path from 'node:path';
import * as v from 'valibot';
import { graphTopology, type GraphTopology } from './graph.ts';
import { layersTopology, type LayersTopology } from './layers.ts';
import { ModelBuildError } from './modelBuildError.ts';
import { readWeights, weightSpec, type Weight } from './weights.ts';

/** A tfjs model out of an npm package, and where it comes from. */
export interface ModelSource<Topology> {
  /** package@version */
  readonly origin: string;
  /** the package's own; for what is unclear about it see media/models/NOTICE.md */
  readonly license: string;
  readonly topology: Topology;
  readonly weights: ReadonlyMap<string, Weight>;
  /** model.json and all shards of the weights, one after the other: what tfjs itself loads */
  readonly original: { readonly json: unknown; readonly data: Uint8Array };
}

const require = createRequire(import.meta.url);

/** NSFWJS's MobileNetV2: 224x224 RGB, 0 to 1 -> Drawing, Hentai, Neutral, Porn, Sexy. A layers model of uint8 weights. */
export async function readNsfwjsModel(): Promise<ModelSource<LayersTopology>> {
  const installed = await readPackage('nsfwjs', '4.3.0');
  // Models and shards are JavaScript files (UMD, so that bundlers can take them) that the package's `exports` hide.
  const folder = path.join(installed.folder, 'dist/models/mobilenet_v2');
  const json = requireFile(path.join(folder, 'model.min.js'));
  const model = parse(modelJson(layersTopology), json, installed.origin);
  const shards = model.weightsManifest
    .flatMap((group) => group.paths)
    .map((name) => parse(v.pipe(v.string(), v.base64()), requireFile(path.join(folder, `${name}.min.js`)), name));
  const data = new Uint8Array(Buffer.concat(shards.map((shard) => Buffer.from(shard, 'base64'))));
  return modelSource(installed, json, model, data);
}

/** Human's CenterNet on MobileNetV3: 512x512 RGB, 0 to 255 -> 100 COCO objects. A graph model of float16 weights. */
export async function readCenternetModel(): Promise<ModelSource<GraphTopology>> {
  const installed = await readPackage('@vladmandic/human', '3.3.6');
  const folder = path.join(installed.folder, 'models');
  const json: unknown = JSON.parse(await readFile(path.join(folder, 'centernet.json'), 'utf8'));
  const model = parse(modelJson(graphTopology), json, installed.origin);
  const files = model.weightsManifest.flatMap((group) => group.paths);
  const shards = await Promise.all(files.map((name) => readFile(path.join(folder, name))));
  return modelSource(installed, json, model, new Uint8Array(Buffer.concat(shards)));
}

const weightsManifest = v.array(v.object({ paths: v.array(v.string()), weights: v.array(weightSpec) }));

function modelJson<Schema extends v.GenericSchema>(modelTopology: Schema) {
  return v.object({ modelTopology, weightsManifest });
}

function modelSource<Topology>(
  { origin, license }: InstalledPackage,
  json: unknown,
  model: { readonly modelTopology: Topology; readonly weightsManifest: v.InferOutput<typeof weightsManifest> },
  data: Uint8Array,
): ModelSource<Topology> {
  const specs = model.weightsManifest.flatMap((group) => group.weights);
  return {
    origin,
    license,
    topology: model.modelTopology,
    weights: readWeights(specs, data),
    original: { json, data },
  };
}

interface InstalledPackage {
  readonly folder: string;
  readonly origin: string;
  readonly license: string;
}

async function readPackage(name: string, version: string): Promise<InstalledPackage> {
  const file = findPackageJSON(name, import.meta.url);
  if (file === undefined) throw new ModelBuildError('source', `${name} is not installed: run npm ci`);
  const schema = v.object({ version: v.string(), license: v.string() });
  const description = parse(schema, JSON.parse(await readFile(file, 'utf8')), file);
  if (description.version !== version) {
    throw new ModelBuildError('source', `${name} ${version} is needed, ${description.version} is installed`);
  }
  return { folder: path.dirname(file), origin: `${name}@${version}`, license: description.license };
}

function requireFile(file: string): unknown {
  return require(file) as unknown;
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown, what: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelBuildError('malformed', `${what}: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
}
