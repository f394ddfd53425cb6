import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExiftoolMetadataWriter } from '../../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState, Intent } from '../../../src/core/model/imageState.ts';
import type { Match } from '../../../src/core/model/match.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import type { SearchResult, SidecarResult } from '../../../src/core/model/stageResults.ts';
import { NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';
import type { MetadataWriter } from '../../../src/core/ports/metadataWriter.ts';
import { XmpStage } from '../../../src/core/stages/xmp.ts';
import { SidecarHistory } from '../../../src/core/undo/sidecarHistory.ts';
import { exiftool, exiftoolList } from '../../adapters/exiftool/readers.ts';
import { SHIPPED_CONFIG } from '../../adapters/exiftool/shippedConfig.ts';
import { silentLog } from '../../adapters/exiftool/silentLog.ts';

const MATCH: Match = {
  provider: 'saucenao',
  similarity: 93.4,
  url: 'https://danbooru.donmai.us/posts/1',
  post: { site: 'danbooru', id: '1' },
  tags: { ...NO_TAGS, general: ['blue_eyes', 'hat'], meta: ['ai-generated'] },
  sources: [],
};

const general = (...tags: readonly string[]): TagSet => ({ ...NO_TAGS, general: tags });

describe('the stage xmp, for an image that is processed again', () => {
  const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
  const kept = mkdtempSync(join(tmpdir(), 'kept sidecars '));
  const stageWith = (ours: Pick<MetadataWriter, 'write'> = writer): XmpStage =>
    new XmpStage({
      writer: { probe: () => writer.probe(), close: () => writer.close(), write: (...all) => ours.write(...all) },
      files: new NodeFiles(),
      history: new SidecarHistory(new NodeFiles(), kept),
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      content: { includeRating: false, tagCase: 'lower', hierarchy: 'category', creatorTool: 'Image Inbox 1.0.0' },
      maxGeneralTags: 0,
      concurrency: 1,
    });
  let folder = '';
  let path = '';
  let intents: Intent[] = [];
  beforeEach(async () => {
    intents = [];
    folder = await mkdtemp(join(tmpdir(), 'stage “xmp” 日本 '));
    path = join(folder, 'a.jpg');
    await writeFile(path, '');
    await utimes(path, 0, 0);
  });
  afterEach(() => rm(folder, { recursive: true }));
  after(() => writer.close());
  after(() => rm(kept, { recursive: true }));

  /** @param begun of an attempt that a kill has cut off */
  async function process(
    search: StageOutcome<SearchResult>,
    begun?: Intent,
    stage = stageWith(),
    more: Partial<ImageState> = {},
  ): Promise<{ result: SidecarResult; warnings: string[]; operations: FileOperation[] }> {
    const warnings: string[] = [];
    const operations: FileOperation[] = [];
    const state: ImageState = {
      image: { id: '0' as ImageId, path, size: 0, mtimeMs: 0 },
      stages: { search: { outcome: search, ms: 0 } },
      operations: [],
      ...more,
      ...(begun && { intent: begun }),
    };
    const nothing = () => Promise.resolve();
    const outcome = await stage.run(state, {
      signal: new AbortController().signal,
      intend: (planned) => Promise.resolve(void intents.push({ stage: 'xmp', operations: planned })),
      operated: (done) => Promise.resolve(void operations.push(...done)),
      remember: nothing,
      lastCall: false,
      warn: (text) => warnings.push(text),
    });
    assert.ok(outcome.kind === 'done');
    return { result: outcome.result, warnings, operations };
  }
  const found = (match: Match): StageOutcome<SearchResult> => ({ kind: 'done', result: { verdict: 'found', match } });
  const tags = () => exiftoolList(`${path}.xmp`, 'XMP-digiKam:TagsList');

  it('brings the sidecar up to date with another match, and warns once of what somebody else has changed', async () => {
    const { operations: _, ...first } = await process(found(MATCH));
    assert.deepEqual(first, { result: { sidecar: `${path}.xmp`, written: true, tags: 3 }, warnings: [] });
    assert.match(await exiftool('-XMP-iptcExt:all', `${path}.xmp`), /trainedAlgorithmicMedia/);
    await exiftool(
      '-overwrite_original',
      '-XMP-dc:Description=mine',
      '-XMP-digiKam:TagsList-=general/hat',
      `${path}.xmp`,
    );
    const other: Match = {
      ...MATCH,
      similarity: 99,
      url: 'https://danbooru.donmai.us/posts/2',
      post: { site: 'danbooru', id: '2' },
      tags: { ...NO_TAGS, general: ['hat', 'smile'] },
    };
    const { result, warnings } = await process(found(other));
    assert.equal(result.conflicts?.length, 1);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? '',
      /a\.jpg\.xmp was changed by somebody else\. description: “mine” .* “Matched on Danbooru/,
    );
    assert.deepEqual(await tags(), ['general/smile']);
    const said = await exiftool('-s3', '-XMP-dc:Source', '-XMP-dc:Identifier', '-XMP-iptcExt:all', `${path}.xmp`);
    assert.equal(said, 'https://danbooru.donmai.us/posts/2\ndanbooru:2\n');
    assert.deepEqual((await process(found(other))).warnings, []);
  });

  it('takes the tags back of a match that nobody finds any more, but not because the search was off', async () => {
    await process(found(MATCH));
    const before = await tags();
    await process({ kind: 'skipped', why: 'offline' });
    assert.deepEqual(await tags(), before);
    await process({ kind: 'done', result: { verdict: 'no-match' } });
    assert.deepEqual(await tags(), []);
    assert.equal(await exiftool('-s3', '-XMP-dc:all', '-XMP-iptcExt:all', `${path}.xmp`), '');
  });

  it('writes what a person has typed as typed, and tags taken over from other images as theirs, also where the decision came before the search', async () => {
    const search: StageOutcome<SearchResult> = { kind: 'done', result: { verdict: 'no-match' } };
    const analysis = { style: 'unsure', persons: [], model: 'm', tags: general('blue_eyes') } as unknown as Analysis;
    const decision: Decision = {
      decision: 'edited',
      tags: general('blue_eyes', 'fate/x_y', 'Places/My_Home'),
      named: ['fate/x_y'],
    };
    const stages: ImageState['stages'] = {
      search: { outcome: search, ms: 0 },
      analyze: { outcome: { kind: 'done', result: analysis }, ms: 0 },
      review: { outcome: { kind: 'done', result: decision }, ms: 0 },
    };
    await process(search, undefined, stageWith(), { stages, decision, decidedEarly: true });
    assert.deepEqual(await tags(), ['general/blue eyes', 'general/fate∕x y', 'Places/My_Home']);
  });

  it('takes over what an a.xmp says where its folder takes no sidecar, and only the copy has one', async () => {
    await exiftool('-XMP-dc:Title=mine', '-XMP-dc:Subject=Home', join(folder, 'a.xmp'));
    const copy = join(folder, 'sorted', 'a (2).jpg');
    await mkdir(join(folder, 'sorted'));
    await writeFile(copy, '');
    const image = { id: '0' as ImageId, path, size: 0, mtimeMs: 0 };
    await stageWith().writeBeside(copy, { image, stages: {}, operations: [] }, new AbortController().signal);
    assert.equal(await exiftool('-s3', '-XMP-dc:Title', '-XMP-digiKam:TagsList', `${copy}.xmp`), 'mine\nHome\n');
  });

  describe('keeps for an undo, after it was cut off by a kill', () => {
    class Killed extends Error {}
    beforeEach(() => exiftool('-XMP-dc:Title=mine', `${path}.xmp`));

    /** @returns what was to be done in the moment of the kill */
    async function killed(moment: 'before' | 'after'): Promise<Intent | undefined> {
      const write: MetadataWriter['write'] = async (...all) => {
        if (moment === 'after') await writer.write(...all);
        throw new Killed();
      };
      await assert.rejects(process(found(MATCH), undefined, stageWith({ write })), Killed);
      return intents[0];
    }
    /** The title that an undo would put back. */
    const kept = async (intent: Intent | undefined): Promise<string> => {
      const { operations } = await process(found(MATCH), intent);
      return (await exiftool('-s3', '-XMP-dc:Title', operations[0]?.before?.kept ?? '')).trim();
    };

    it('what the sidecar said before it was written, when that had been done', async () => {
      const intent = await killed('after');
      assert.equal(await kept(intent), 'mine');
    });

    it('what it says when it is written, which somebody may have changed in between', async () => {
      const intent = await killed('before');
      await exiftool('-overwrite_original', '-XMP-dc:Title=edited', `${path}.xmp`);
      assert.equal(await kept(intent), 'edited');
    });

    it('what somebody has written in between where there was no sidecar before', async () => {
      await rm(`${path}.xmp`);
      const intent = await killed('before');
      await exiftool('-XMP-dc:Title=new', `${path}.xmp`);
      assert.equal(await kept(intent), 'new');
    });
  });
});
