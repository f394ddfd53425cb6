import assert from 'node:assert/strict';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import type { ImageState, Intent } from '../../../src/core/model/imageState.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import { writtenForReplaced } from '../../../src/core/pipeline/replaced.ts';
import {
  isStillThere,
  waitingAway,
  waitsForQuota,
  wanted,
  wentAway,
  whyPassedOver,
} from '../../../src/core/pipeline/takeUp.ts';
import type { Discovery } from '../../../src/core/ports/imageFolder.ts';
import { resolveSettings } from '../../../src/core/settings/resolveSettings.ts';
import { collect } from '../../adapters/support/collect.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { AT, storyOf } from '../journal/story.ts';
import { PLAN, stateOf } from './found.ts';

const files = new NodeFiles();
const { signal } = new AbortController();

/** A folder with one picture in it. */
async function scene() {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'a.jpg');
  await writeFile(path, 'picture');
  const { size, mtimeMs } = await stat(path);
  const image: FoundImage = { ...storyOf('a.jpg').image, path, size, mtimeMs };
  return {
    image,
    sidecar: `${path}.xmp`,
    state: (more: Partial<ImageState> = {}): ImageState => ({ image, stages: {}, operations: [], ...more }),
    writeSidecar: (text: string) => writeFile(`${path}.xmp`, text),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('An image that an earlier run has left', () => {
  it('may be gone because its inbox is, which is empty then where it is the place of a drive', async () => {
    await using s = await scene();
    const inbox = dirname(s.image.path);
    const walk = new NodeImageFolder();
    const isGone = (): Promise<boolean> => wentAway(s.state(), ['/another inbox', inbox], walk, signal);
    assert.equal(await isGone(), false, 'other files are there');
    await rm(s.image.path);
    assert.equal(await isGone(), true);
    await rm(inbox, { recursive: true });
    assert.equal(await isGone(), true);
    assert.equal(await wentAway(s.state(), ['/another inbox'], walk, signal), false);
  });

  it('waits for an inbox that is not there though it has arrived: its original may be there still', async () => {
    await using s = await scene();
    await using there = await temporaryFolder();
    const [inbox, to] = [dirname(s.image.path), join(there.path, 'a.jpg')];
    const intent: Intent = { stage: 'categorize', operations: [{ at: AT, op: 'move', from: s.image.path, to }] };
    const parts = { walk: new NodeImageFolder(), files };
    const waiting = async () => (await waitingAway([s.state({ intent })], [inbox], parts, signal)).get(inbox);
    await rename(s.image.path, to);
    assert.equal(await waiting(), undefined, 'the last one that was in it');
    await rm(inbox, { recursive: true });
    assert.deepEqual(await waiting(), new Set([s.image.id]));
  });

  it('is taken up when it is the one that it was', async () => {
    await using s = await scene();
    assert.equal(await isStillThere(s.state(), files), true);
    const { image } = s;
    assert.equal(await isStillThere({ ...s.state(), image: { ...image, size: image.size + 1 } }, files), false);
    assert.equal(await isStillThere({ ...s.state(), image: { ...image, mtimeMs: image.mtimeMs - 1 } }, files), false);
    assert.equal(await isStillThere({ ...s.state(), image: { ...image, path: `${image.path}.png` } }, files), false);
  });

  it('is looked for where it was while only its sidecar is being written', async () => {
    const write: FileOperation = { at: AT, op: 'write', to: '/in/gone.jpg.xmp' };
    assert.equal(
      await isStillThere(stateOf('gone.jpg', {}, { intent: { stage: 'xmp', operations: [write] } }), files),
      false,
    );
  });

  it('finds out for itself where it is once it is on its way, or has arrived', async () => {
    const move: FileOperation = { at: AT, op: 'move', from: '/in/gone.jpg', to: '/out/Cats/gone.jpg' };
    const onItsWay = stateOf('gone.jpg', {}, { intent: { stage: 'categorize', operations: [move] } });
    assert.equal(await isStillThere(onItsWay, files), true);
    const result = { suggested: 'Cats', learned: false, final: 'Cats', because: 'a rule', destination: move.to };
    const arrived = stateOf('gone.jpg', { categorize: { kind: 'done', result } });
    assert.equal(await isStillThere(arrived, files), true);
  });

  it('waits for quota only where its search says so', () => {
    const searched = (why: 'quota' | 'retry' | 'review') =>
      stateOf('a.jpg', { search: { kind: 'waiting', why, detail: '' } });
    assert.equal(waitsForQuota(searched('quota')), true);
    assert.equal(waitsForQuota(searched('retry')), false);
    assert.equal(waitsForQuota(stateOf('a.jpg', { search: { kind: 'skipped', why: 'quota' } })), false);
    assert.equal(waitsForQuota(stateOf('a.jpg')), false);
  });
});

describe('An image of the inbox', () => {
  const settings = resolveSettings({});

  it('is passed over when it has a sidecar, and is looked at when it has none', async () => {
    await using s = await scene();
    assert.equal(await whyPassedOver(s.image, PLAN, settings, files), undefined);
    await s.writeSidecar('mine');
    assert.match((await whyPassedOver(s.image, PLAN, settings, files)) ?? '', /sidecar/);
  });

  it('is looked at again though it has a sidecar, where that was asked for', async () => {
    await using s = await scene();
    await s.writeSidecar('mine');
    assert.equal(await whyPassedOver(s.image, { ...PLAN, reprocess: true }, settings, files), undefined);
    const taken = resolveSettings({ 'workflow.skipExisting': false });
    assert.equal(await whyPassedOver(s.image, PLAN, taken, files), undefined);
  });

  it('is left alone when others were asked for, and so is what can’t be taken', async () => {
    const discovery = (name: string): Discovery => ({ kind: 'image', image: storyOf(name).image });
    async function* walk(): AsyncGenerator<Discovery> {
      yield discovery('a.jpg');
      yield* await Promise.resolve([discovery('b.jpg')]);
      yield { kind: 'problem', image: storyOf('c.jpg').image, reason: 'unreadable', message: 'can’t be read' };
    }
    const asked = await collect(wanted(walk(), (path) => path === '/in/b.jpg' || path === '/in/c.jpg'));
    assert.deepEqual(
      asked.map(({ image }) => image.path),
      ['/in/b.jpg', '/in/c.jpg'],
    );
  });
});

describe('The sidecar of an image in whose place another one is', () => {
  const ours = { files, isOurSidecar: () => Promise.resolve(true) };
  const theirs = { files, isOurSidecar: () => Promise.resolve(false) };
  const written = (to: string): FileOperation => ({ at: AT, op: 'write', to, sha256: sha256Of('ours') });
  const begun = (to: string, more: Partial<FileOperation> = {}): Intent => ({
    stage: 'xmp',
    operations: [{ at: AT, op: 'write', to, ...more }],
  });

  it('is taken back when the run has written it', async () => {
    await using s = await scene();
    const state = s.state({ operations: [written(s.sidecar)] });
    assert.deepEqual(await writtenForReplaced(state, theirs, signal), state);
  });

  it('stays where nothing has taken the image’s place: it may come back', async () => {
    const state = stateOf('gone.jpg', {}, { operations: [written('/in/gone.jpg.xmp')] });
    assert.equal(await writtenForReplaced(state, ours, signal), undefined);
  });

  it('stays when the run has not written it', async () => {
    await using s = await scene();
    await s.writeSidecar('mine');
    assert.equal(await writtenForReplaced(s.state(), ours, signal), undefined);
    const copy: FileOperation = { at: AT, op: 'copy', from: s.image.path, to: s.sidecar };
    assert.equal(await writtenForReplaced(s.state({ operations: [copy] }), ours, signal), undefined);
    const other = s.state({ operations: [written(`${s.image.path}.other.xmp`)] });
    assert.equal(await writtenForReplaced(other, ours, signal), undefined);
    const moving = s.state({ intent: { stage: 'categorize', operations: [written(s.sidecar)] } });
    assert.equal(await writtenForReplaced(moving, ours, signal), undefined);
  });

  it('is taken back as it stands when the run was killed right behind the writing', async () => {
    await using s = await scene();
    await s.writeSidecar('ours');
    const before: FileOperation = { at: AT, op: 'mkdir', to: '/out' };
    const state = s.state({ intent: begun(s.sidecar), operations: [before] });
    assert.deepEqual((await writtenForReplaced(state, ours, signal))?.operations, [before, written(s.sidecar)]);
  });

  it('stays then when it is not ours, when one was there before, or when none came to be', async () => {
    await using s = await scene();
    const state = s.state({ intent: begun(s.sidecar) });
    assert.equal(await writtenForReplaced(state, ours, signal), undefined);
    await s.writeSidecar('mine');
    assert.equal(await writtenForReplaced(state, theirs, signal), undefined);
    const kept = { kept: '/working/before/1.xmp', sha256: sha256Of('before') };
    const replacing = s.state({ intent: begun(s.sidecar, { before: kept }) });
    assert.equal(await writtenForReplaced(replacing, ours, signal), undefined);
    assert.equal(await readFile(s.sidecar, 'utf8'), 'mine');
  });
});
