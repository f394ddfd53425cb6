import assert from 'node:assert/strict';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { writeTagger } from '../../fixtures/taggerFolder.ts';
import type { TinyTaggerOptions } from '../../fixtures/tinyTagger.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { never, open, sample, THRESHOLDS, unavailable, withoutTime } from './openAnalyzer.ts';

/** What the tiny tagger says of the golden picture when it is fed as it wants to be. */
const GOLDEN = {
  tags: {
    general: ['bright_top', 'red_theme'],
    character: ['red_haired_character'],
    copyright: [],
    artist: [],
    meta: [],
  },
  rating: 'general',
};

/** White above, red below: another channel order, layout or range than the model's own makes something else of it. */
async function goldenPicture(folder: string): Promise<string> {
  const path = join(folder, `golden "絵" [1] 🌄.png`);
  const halves = Buffer.alloc(40 * 40 * 3, 255);
  for (let i = 40 * 20; i < 40 * 40; i++) halves.fill(0, 3 * i + 1, 3 * i + 3);
  await writeFile(
    path,
    await sharp(halves, { raw: { width: 40, height: 40, channels: 3 } })
      .png()
      .toBuffer(),
  );
  return path;
}

async function plainPicture(folder: string, background: string): Promise<string> {
  const path = join(folder, `${background}.png`);
  const create = { width: 30, height: 30, channels: 3, background } as const;
  await writeFile(path, await sharp({ create }).png().toBuffer());
  return path;
}

const told = ({ tags, rating }: Analysis) => ({ tags, rating });

const IMAGENET = { range: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

describe('OnnxImageAnalyzer with a tagger of the user', () => {
  it('takes a folder in the form of a WD tagger as it is', async () => {
    await using folder = await temporaryFolder();
    const tagger = { folder: await writeTagger(folder.path), thresholds: THRESHOLDS };
    await using opened = open({ tagger });
    const analysis = await opened.analyzer.analyze(await goldenPicture(folder.path), never);
    assert.deepEqual(told(analysis), GOLDEN);
    // logits 13, 6.75 and 3.75, but for what the edge between the halves loses
    const expected = { bright_top: 1, red_theme: 0.9988, red_haired_character: 0.977 };
    for (const [tag, score] of Object.entries(expected)) {
      assert.ok(Math.abs((analysis.tagScores?.[tag] ?? NaN) - score) < 0.005, JSON.stringify(analysis.tagScores));
    }
    assert.ok(analysis.model.includes(`, ${basename(folder.path)} `), analysis.model);
    assert.match(analysis.model, /^classifier [0-9a-f]{8}, detector [0-9a-f]{8}, .* [0-9a-f]{8}$/s);
    assert.equal(typeof analysis.style, 'string');
  });

  const forms: readonly (readonly [string, TinyTaggerOptions, Readonly<Record<string, unknown>>])[] = [
    ['RGB', { channels: 'RGB' }, { channels: 'RGB' }],
    ['NCHW', { layout: 'NCHW' }, { layout: 'NCHW' }],
    [
      'NCHW, RGB, normalised, logits, among two outputs',
      { layout: 'NCHW', channels: 'RGB', normalisation: IMAGENET, logits: true, twoOutputs: true },
      { layout: 'NCHW', channels: 'RGB', normalisation: IMAGENET, activation: 'sigmoid', output: 'scores' },
    ],
    ['any size', { anySize: true }, { size: 16 }],
    ['larger than the detector', { size: 640 }, {}],
  ];
  for (const [form, options, descriptor] of forms) {
    it(`feeds a tagger as its tagger.json says: ${form}`, async () => {
      await using folder = await temporaryFolder();
      const tagger = { folder: await writeTagger(folder.path, options, descriptor), thresholds: THRESHOLDS };
      await using opened = open({ tagger });
      assert.deepEqual(told(await opened.analyzer.analyze(await goldenPicture(folder.path), never)), GOLDEN);
    });
  }

  const wrongs: readonly (readonly [string, TinyTaggerOptions, Readonly<Record<string, unknown>>])[] = [
    ['the channels the other way round', {}, { channels: 'RGB' }],
    ['values of 0 to 1', {}, { normalisation: { range: 1 } }],
    ['values that are not normalised', { normalisation: IMAGENET }, {}],
  ];
  for (const [wrong, options, descriptor] of wrongs) {
    it(`would be seen to give the golden picture with ${wrong}`, async () => {
      await using folder = await temporaryFolder();
      const tagger = { folder: await writeTagger(folder.path, options, descriptor), thresholds: THRESHOLDS };
      await using opened = open({ tagger });
      const { tags } = await opened.analyzer.analyze(await goldenPicture(folder.path), never);
      assert.notDeepEqual(tags, GOLDEN.tags);
    });
  }

  it('keeps to the thresholds of the settings', async () => {
    await using folder = await temporaryFolder();
    const picture = await goldenPicture(folder.path);
    const path = await writeTagger(folder.path);
    const tagsAt = async (general: number, character: number) => {
      await using opened = open({ tagger: { folder: path, thresholds: { general, character } } });
      return (await opened.analyzer.analyze(picture, never)).tags;
    };
    assert.deepEqual(await tagsAt(0.999, 0.98), { ...GOLDEN.tags, general: ['bright_top'], character: [] });
    const all = await tagsAt(0, 0);
    assert.deepEqual([all?.general.length, all?.character.length], [7, 1]);
  });

  it('rates an animation by its worst frame, and tags it by its first', async () => {
    await using folder = await temporaryFolder();
    const frames = await Promise.all(
      ['#f00', '#f00', '#0f0'].map((background) =>
        sharp({ create: { width: 30, height: 30, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const path = join(folder.path, 'blinks 絵.gif');
    await writeFile(
      path,
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    );
    await using opened = open({ tagger: { folder: await writeTagger(folder.path), thresholds: THRESHOLDS } });
    const { tags, rating } = await opened.analyzer.analyze(path, never);
    assert.deepEqual([tags?.general, rating], [['red_theme'], 'explicit']);
    const still = await plainPicture(folder.path, '#f00');
    assert.equal((await opened.analyzer.analyze(still, never)).rating, 'general');
  });

  it('says the same of style and persons as the bundled models alone', async () => {
    await using folder = await temporaryFolder();
    await using tagging = open({ tagger: { folder: await writeTagger(folder.path), thresholds: THRESHOLDS } });
    await using plain = open();
    const {
      tags: _t,
      tagScores: _s,
      rating: _r,
      model: _m,
      ...rest
    } = withoutTime(await tagging.analyzer.analyze(sample('camera/astronaut.jpg'), never));
    const { model: _, ...expected } = withoutTime(await plain.analyzer.analyze(sample('camera/astronaut.jpg'), never));
    assert.deepEqual(rest, expected);
  });

  it('fails a broken picture alone', async () => {
    await using folder = await temporaryFolder();
    await using opened = open({ tagger: { folder: await writeTagger(folder.path), thresholds: THRESHOLDS } });
    const broken = join(folder.path, 'broken.png');
    await writeFile(broken, 'no picture');
    await assert.rejects(opened.analyzer.analyze(broken, never), (error) => error instanceof ImageError);
    assert.deepEqual(told(await opened.analyzer.analyze(await goldenPicture(folder.path), never)), GOLDEN);
  });

  describe('that cannot be used', () => {
    /** What is said of every picture, and logged once. */
    async function saidOfAll(folder: string): Promise<string> {
      await using opened = open({ workers: 2, tagger: { folder, thresholds: THRESHOLDS } });
      const said = await Promise.all(
        [1, 2, 3].map(() => unavailable(opened.analyzer.analyze(sample('blink.gif'), never))),
      );
      assert.equal(new Set(said).size, 1, said.join('\n'));
      assert.deepEqual(opened.log.lines, said.slice(0, 1));
      return said[0]!;
    }

    it('names the folder that is not there', async () => {
      assert.match(await saidOfAll('/nowhere/at all'), /^The folder \/nowhere\/at all can't be opened \(ENOENT\)\.$/);
    });

    it('names the folder that has no model', async () => {
      await using folder = await temporaryFolder();
      await writeTagger(folder.path);
      await rm(join(folder.path, 'model.onnx'));
      assert.match(await saidOfAll(folder.path), /has no model\.onnx\.$/);
    });

    it('names the model that is half a download', async () => {
      await using folder = await temporaryFolder();
      await writeTagger(folder.path);
      await truncate(join(folder.path, 'model.onnx'), 1000);
      assert.match(await saidOfAll(folder.path), /^The tagger .*model\.onnx can't be used\. It fails: \S/s);
    });

    it('says that the labels are another model’s', async () => {
      await using folder = await temporaryFolder();
      await writeTagger(folder.path);
      await writeFile(join(folder.path, 'selected_tags.csv'), 'tag_id,name,category,count\n1,solo,0,1\n');
      assert.match(
        await saidOfAll(folder.path),
        /gives "output" \[\?, 12\], none has a number for each of the 1 tags\.$/,
      );
    });

    it('says what the descriptor should say of the layout', async () => {
      await using folder = await temporaryFolder();
      await writeTagger(folder.path, { layout: 'NCHW' });
      assert.match(
        await saidOfAll(folder.path),
        /takes \[\?, 3, 16, 16\], .* that is the layout NCHW: say so in tagger\.json/,
      );
    });

    it('says what the descriptor should say of numbers that are no scores', async () => {
      await using folder = await temporaryFolder();
      await writeTagger(folder.path, { logits: true });
      assert.match(await saidOfAll(folder.path), /as a score, .* set "activation" to "sigmoid" in tagger\.json/);
    });
  });
});
