import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrafficMeter } from '../../../../src/adapters/http/trafficMeter.ts';
import type { TaggerOptions } from '../../../../src/adapters/onnx/onnxImageAnalyzer.ts';
import type { Analysis } from '../../../../src/core/model/analysis.ts';
import { TINY_SIZE, writeTagger } from '../../../fixtures/taggerFolder.ts';
import { buildTinyTagger, type TinyTaggerOptions } from '../../../fixtures/tinyTagger.ts';
import { flag } from '../../image/specimens.ts';
import { CollectedLog } from '../../support/collectedLog.ts';
import { ownPort } from '../../support/ownPort.ts';
import { SimulatedClock } from '../../support/simulatedClock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { never, open, sample, THRESHOLDS, withoutTime, type Opened } from '../openAnalyzer.ts';
import { InferenceService, type InferenceServiceOptions } from './inferenceService.ts';

const NAME = 'wd tagger/v3';

interface Scene extends AsyncDisposable {
  readonly service: InferenceService;
  readonly address: string;
  /** of a tagger with labels, and a model only when it was asked for */
  readonly folder: string;
  readonly clock: SimulatedClock;
  readonly meter: TrafficMeter;
  open(options?: Partial<TaggerOptions> & { readonly model?: string; readonly timeoutMs?: number }): Opened;
}

/** A server with the tiny tagger, and a folder with its labels. */
async function scene(
  options: Partial<InferenceServiceOptions> & { readonly tagger?: TinyTaggerOptions; readonly hasModel?: true } = {},
  descriptor?: Readonly<Record<string, unknown>>,
): Promise<Scene> {
  const { tagger = {}, hasModel, ...more } = options;
  const { bytes } = buildTinyTagger({ size: TINY_SIZE, ...tagger });
  const service = new InferenceService({ model: bytes, name: NAME, ...more });
  const address = await service.start();
  const folder = await temporaryFolder();
  await writeTagger(folder.path, tagger, descriptor);
  if (!hasModel) await rm(join(folder.path, 'model.onnx'));
  const clock = new SimulatedClock();
  const meter = new TrafficMeter();
  return {
    service,
    address,
    folder: folder.path,
    clock,
    meter,
    open: ({ model = NAME, timeoutMs, ...given } = {}) => {
      const common = { version: '1.0.0', clock, log: new CollectedLog(), traffic: meter };
      const server = { endpoint: address, model, ...common, ...(timeoutMs !== undefined && { timeoutMs }) };
      return open({ tagger: { folder: folder.path, thresholds: THRESHOLDS, server, ...given } });
    },
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function redPicture(folder: string): Promise<string> {
  const path = join(folder, 'red "絵".png');
  await writeFile(path, await flag().extract({ left: 0, top: 0, width: 20, height: 20 }).png().toBuffer());
  return path;
}

const told = ({ tags, rating, notes }: Analysis) => ({ general: tags?.general, rating, notes });
const RED = { general: ['red_theme'], rating: 'general', notes: undefined };

/** Style and persons are there, tags are not, and this is why. */
function withoutTags(analysis: Analysis): string {
  assert.deepEqual([analysis.tags, analysis.rating, typeof analysis.style], [undefined, undefined, 'string']);
  assert.match(analysis.model, /^classifier [0-9a-f]{8}, detector [0-9a-f]{8}$/);
  assert.equal(analysis.notes?.length, 1);
  return analysis.notes[0]!;
}

describe('OnnxImageAnalyzer with an inference server', () => {
  for (const binary of [true, false]) {
    const how = binary ? 'with tensors as bytes' : 'with all in JSON';
    it(`says what it would say with the same tagger at home, ${how}`, async () => {
      await using there = await scene({ binary, hasModel: true });
      await using remote = there.open();
      await using local = open({ tagger: { folder: there.folder, thresholds: THRESHOLDS } });
      for (const picture of [await redPicture(there.folder), sample('camera/astronaut.jpg'), sample('blink.gif')]) {
        const { model, ...answer } = withoutTime(await remote.analyzer.analyze(picture, never));
        const { model: _, ...expected } = withoutTime(await local.analyzer.analyze(picture, never));
        assert.deepEqual(answer, expected);
        assert.match(model, /^classifier [0-9a-f]{8}, detector [0-9a-f]{8}, wd tagger\/v3 at 127\.0\.0\.1:\d+$/);
      }
      const encoding = binary ? 'binary' : 'json';
      assert.deepEqual(new Set(there.service.inferences.map((one) => one.encoding)), new Set([encoding]));
      assert.equal(there.meter.take().requests?.['inference-server'], there.service.requests.length);
    });
  }

  it('speaks JSON with a server that tells nothing of itself', async () => {
    await using there = await scene({ isShy: true });
    await using opened = there.open();
    assert.deepEqual(told(await opened.analyzer.analyze(await redPicture(there.folder), never)), RED);
    assert.deepEqual(there.service.inferences, [{ pictures: 1, encoding: 'json' }]);
  });

  it('feeds the tagger as its tagger.json says', async () => {
    const normalisation = { range: 1, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
    const tagger = { layout: 'NCHW', channels: 'RGB', normalisation, logits: true } as const;
    const descriptor = { layout: 'NCHW', channels: 'RGB', normalisation, activation: 'sigmoid' };
    for (const binary of [true, false]) {
      await using there = await scene({ binary, tagger }, descriptor);
      await using opened = there.open();
      assert.deepEqual(told(await opened.analyzer.analyze(await redPicture(there.folder), never)), RED);
    }
  });

  describe('sends several pictures at once', () => {
    const many = async (there: Scene): Promise<void> => {
      await using opened = there.open();
      const path = await redPicture(there.folder);
      const all = await Promise.all(Array.from({ length: 12 }, () => opened.analyzer.analyze(path, never)));
      for (const analysis of all) assert.deepEqual(told(analysis), RED);
    };

    it('four at most', async () => {
      await using there = await scene();
      await many(there);
      const sizes = there.service.inferences.map(({ pictures }) => pictures);
      assert.equal(
        sizes.reduce((a, b) => a + b),
        12,
      );
      assert.ok(Math.max(...sizes) <= 4, String(sizes));
    });

    it('and gives them the time of each', async () => {
      await using there = await scene({ msPerPicture: 1500 });
      await using opened = there.open({ timeoutMs: 4000 });
      const path = await redPicture(there.folder);
      const all = await Promise.all(Array.from({ length: 5 }, () => opened.analyzer.analyze(path, never)));
      for (const analysis of all) assert.deepEqual(told(analysis), RED);
      assert.ok(there.service.inferences.some(({ pictures }) => pictures > 2));
    });

    it('frames of an animation go together', async () => {
      await using there = await scene();
      await using opened = there.open();
      await opened.analyzer.analyze(sample('blink.gif'), never);
      assert.ok(Math.max(...there.service.inferences.map(({ pictures }) => pictures)) > 1);
    });

    it('but not to a model that takes one', async () => {
      await using there = await scene({ statesAnyBatch: false, batch: 1 });
      await many(there);
      await using opened = there.open();
      await opened.analyzer.analyze(sample('blink.gif'), never);
      assert.deepEqual(new Set(there.service.inferences.map(({ pictures }) => pictures)), new Set([1]));
    });

    it('and one after the other to a server that turns the first batch away', async () => {
      await using there = await scene({ batch: 1 });
      await using opened = there.open();
      assert.equal((await opened.analyzer.analyze(sample('blink.gif'), never)).notes, undefined);
      assert.equal((await opened.analyzer.analyze(sample('blink.gif'), never)).notes, undefined);
      assert.equal(there.service.inferences.filter(({ pictures }) => pictures > 1).length, 1);
    });
  });

  describe('goes on without it', () => {
    it('when nobody is there, and asks again later', async () => {
      await using there = await scene();
      const endpoint = `http://127.0.0.1:${await ownPort()}`;
      const { clock, meter: traffic } = there;
      const server = { endpoint, model: NAME, version: '1', clock, log: new CollectedLog(), traffic };
      await using opened = there.open({ server });
      const path = await redPicture(there.folder);
      for (let i = 0; i < 4; i++) {
        const note = withoutTags(await opened.analyzer.analyze(path, never));
        assert.equal(note, `The inference server ${new URL(endpoint).host} can't be reached (ECONNREFUSED).`);
      }
      // three tries each for three pictures; the fourth is not kept waiting
      assert.equal(traffic.take().requests?.['inference-server'], 9);
      clock.time += 301_000;
      withoutTags(await opened.analyzer.analyze(path, never));
      assert.ok((traffic.take().requests?.['inference-server'] ?? 0) > 0);
    });

    it('with the tagger at home, where the folder has one', async () => {
      await using there = await scene({ hasModel: true });
      there.service.trouble = { kind: 'says', status: 503, body: '' };
      await using opened = there.open();
      const analysis = await opened.analyzer.analyze(await redPicture(there.folder), never);
      assert.deepEqual({ ...told(analysis), notes: undefined }, RED);
      assert.match(analysis.notes?.[0] ?? '', /^The inference server 127\.0\.0\.1:\d+ refuses \(503\)\.$/);
      assert.match(analysis.model, /, inbox .* [0-9a-f]{8}$/s);
    });

    it('and says of both when the tagger at home does not work either', async () => {
      await using there = await scene();
      await writeFile(join(there.folder, 'model.onnx'), 'half a download');
      there.service.trouble = { kind: 'says', status: 500, body: '{"error":"out of memory"}' };
      await using opened = there.open();
      const { tags, notes, style } = await opened.analyzer.analyze(await redPicture(there.folder), never);
      assert.deepEqual([tags, typeof style, notes?.length], [undefined, 'string', 2]);
      assert.match(notes?.join('\n') ?? '', /refuses \(500: out of memory\)\.\n.*can't be used\. It fails/s);
    });

    it('and makes no picture ready for it while it is down', async () => {
      await using there = await scene();
      await using opened = there.open();
      const path = await redPicture(there.folder);
      there.service.trouble = { kind: 'says', status: 400, body: '{"error":"no"}' };
      const inferences = (): number => there.service.requests.filter((request) => request.endsWith('/infer')).length;
      for (let i = 0; i < 6; i++) {
        assert.match(withoutTags(await opened.analyzer.analyze(path, never)), /refuses \(400: no\)\.$/);
      }
      assert.equal(inferences(), 3);
    });

    it('and returns to it when it has recovered', async () => {
      await using there = await scene();
      await using opened = there.open();
      const path = await redPicture(there.folder);
      there.service.trouble = { kind: 'says', status: 500, body: '' };
      for (let i = 0; i < 4; i++) withoutTags(await opened.analyzer.analyze(path, never));
      there.service.trouble = undefined;
      withoutTags(await opened.analyzer.analyze(path, never));
      there.clock.time += 301_000;
      assert.deepEqual(told(await opened.analyzer.analyze(path, never)), RED);
    });

    it('after one more try when the connection breaks off', async () => {
      await using there = await scene();
      await using opened = there.open();
      there.service.trouble = { kind: 'reset' };
      assert.match(
        withoutTags(await opened.analyzer.analyze(await redPicture(there.folder), never)),
        /can't be reached \((?:ECONNRESET|UND_ERR_SOCKET)\)/,
      );
    });

    it('when it is silent for too long, which is not tried again at once', async () => {
      await using there = await scene();
      await using opened = there.open({ timeoutMs: 2000 });
      there.service.trouble = { kind: 'silent' };
      const path = await redPicture(there.folder);
      assert.match(withoutTags(await opened.analyzer.analyze(path, never)), /does not answer in time\.$/);
      assert.equal(there.service.requests.filter((request) => request.endsWith('/infer')).length, 1);
      there.service.trouble = undefined;
      assert.deepEqual(told(await opened.analyzer.analyze(path, never)), RED);
    });

    const answers: readonly (readonly [string, string, RegExp])[] = [
      ['no JSON', '<html>Down for maintenance</html>', /Its answer is not what the protocol says/],
      ['another output', '{"outputs":[]}', /Its answer has no output "output"/],
      [
        'too few numbers',
        '{"outputs":[{"name":"output","datatype":"FP32","shape":[1,1],"data":[0.5]}]}',
        /answers with 1 numbers, where 1 x 12 belong/,
      ],
      ['another type', '{"outputs":[{"name":"output","datatype":"FP64","shape":[1,12],"data":[]}]}', /answers in FP64/],
      [
        'what is no score',
        `{"outputs":[{"name":"output","datatype":"FP32","shape":[1,12],"data":[${Array(12).fill(7).join()}]}]}`,
        /gives 7 as a score/,
      ],
      ['more than there can be', 'x'.repeat(33 * 1024 * 1024), /answers with more than/],
    ];
    for (const [what, body, message] of answers) {
      it(`when it answers with ${what}`, async () => {
        await using there = await scene();
        await using opened = there.open();
        there.service.trouble = { kind: 'says', status: 200, body };
        assert.match(withoutTags(await opened.analyzer.analyze(await redPicture(there.folder), never)), message);
      });
    }

    it('when it does not know the model', async () => {
      await using there = await scene();
      await using opened = there.open({ model: 'other' });
      assert.match(
        withoutTags(await opened.analyzer.analyze(await redPicture(there.folder), never)),
        /refuses \(404: unknown model 'other'\)\.$/,
      );
    });

    it('when its model is not the one that the labels are of, and soon stops asking', async () => {
      await using there = await scene();
      await writeFile(join(there.folder, 'selected_tags.csv'), 'name,category\nsolo,0\n');
      await using opened = there.open();
      const path = await redPicture(there.folder);
      for (let i = 0; i < 5; i++) {
        assert.match(
          withoutTags(await opened.analyzer.analyze(path, never)),
          /can't be used\. The model gives "output" \[\?, 12\], none has a number for each of the 1 tags\.$/,
        );
      }
      assert.equal(there.service.requests.length, 3);
    });

    it('when there are no labels', async () => {
      await using there = await scene();
      const server = 'offline';
      await using opened = open({ tagger: { thresholds: THRESHOLDS, server } });
      const note = withoutTags(await opened.analyzer.analyze(await redPicture(there.folder), never));
      assert.match(note, /Set imageInbox\.analysis\.model to a folder with its selected_tags\.csv/);
    });

    it('when no network is to be used, without a request', async () => {
      await using there = await scene();
      await using opened = there.open({ server: 'offline' });
      const note = withoutTags(await opened.analyzer.analyze(await redPicture(there.folder), never));
      assert.match(note, /no network is to be used/);
      assert.deepEqual(there.service.requests, []);
    });
  });

  it('lets go of pictures at once when the run is stopped or the analyzer closed, though the server is silent', async () => {
    await using there = await scene();
    there.service.trouble = { kind: 'silent' };
    const opened = there.open();
    const path = await redPicture(there.folder);
    const run = new AbortController();
    const stopped = opened.analyzer.analyze(path, run.signal);
    const reason = new Error('the user stopped it');
    while (there.service.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    run.abort(reason);
    await assert.rejects(stopped, (error) => error === reason);
    const waiting = assert.rejects(opened.analyzer.analyze(path, never), /closed/);
    await opened.analyzer.close();
    await waiting;
  });
});
