import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExiftoolMetadataWriter } from '../../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { Match } from '../../../src/core/model/match.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { SearchResult, SidecarResult } from '../../../src/core/model/stageResults.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
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

describe('the stage xmp, for an image that is processed again', () => {
  const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
  const kept = mkdtempSync(join(tmpdir(), 'kept sidecars '));
  const stage = new XmpStage({
    writer,
    files: new NodeFiles(),
    history: new SidecarHistory(new NodeFiles(), kept),
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    content: { includeRating: false, tagCase: 'lower', hierarchy: 'category', creatorTool: 'Image Inbox 1.0.0' },
    maxGeneralTags: 0,
    concurrency: 1,
  });
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stage “xmp” 日本 '));
    path = join(folder, 'a.jpg');
    await writeFile(path, '');
    await utimes(path, 0, 0);
  });
  afterEach(() => rm(folder, { recursive: true }));
  after(() => writer.close());
  after(() => rm(kept, { recursive: true }));

  async function process(search: StageOutcome<SearchResult>): Promise<{ result: SidecarResult; warnings: string[] }> {
    const warnings: string[] = [];
    const state: ImageState = {
      image: { id: '0' as ImageId, path, size: 0, mtimeMs: 0 },
      stages: { search: { outcome: search, ms: 0 } },
      operations: [],
    };
    const nothing = () => Promise.resolve();
    const outcome = await stage.run(state, {
      signal: new AbortController().signal,
      intend: nothing,
      operated: nothing,
      remember: nothing,
      lastCall: false,
      warn: (text) => warnings.push(text),
    });
    assert.ok(outcome.kind === 'done');
    return { result: outcome.result, warnings };
  }
  const found = (match: Match): StageOutcome<SearchResult> => ({ kind: 'done', result: { verdict: 'found', match } });
  const tags = () => exiftoolList(`${path}.xmp`, 'XMP-digiKam:TagsList');

  it('brings the sidecar up to date with another match, and warns once of what somebody else has changed', async () => {
    const first = await process(found(MATCH));
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
});
