import assert from 'node:assert/strict';
import { planUndo } from '../../../src/core/undo/planUndo.ts';
import { ManifestInvalid, readManifest } from '../../../src/core/undo/runManifest.ts';

const at = '2026-01-01T00:00:00.000Z';
const sha256 = 'ab'.repeat(32);
const folders = { inbox: '/w/Inbox', sorted: '/w/Sorted', working: '/w/.image-inbox' };
const image = {
  source: '/w/Inbox/a.jpg',
  sha256,
  operations: [{ at, op: 'move', from: '/w/Inbox/a.jpg', to: '/w/Sorted/a.jpg' }],
};
const manifest = (more: object = {}): string =>
  JSON.stringify({
    version: 1,
    runId: 'x',
    startedAt: at,
    endedAt: at,
    configuration: { folders },
    images: [image],
    ...more,
  });

describe('a manifest to be undone', () => {
  const wrong: [string, string, ManifestInvalid['reason'], RegExp][] = [
    ['no JSON', 'hello', 'not-json', /no JSON/],
    ['of a newer version', manifest({ version: 2 }), 'newer-version', /newer version/],
    ['without images', manifest({ images: 'none' }), 'wrong-shape', /images/],
    ['without its folders', manifest({ configuration: {} }), 'unsafe-folder', /configuration\.folders/],
    ['with the root as its inbox', manifest({ configuration: { folders: { ...folders, inbox: '/' } } }), 'unsafe-folder', /below the root/],
    ['with a relative path', manifest({ images: [{ ...image, source: 'a.jpg' }] }), 'wrong-shape', /images\.0\.source/],
    ['with a made-up hash', manifest({ images: [{ ...image, sha256: '*' }] }), 'wrong-shape', /sha256/],
    ['with an unknown operation', manifest({ images: [{ ...image, operations: [{ at, op: 'delete', to: '/x' }] }] }), 'wrong-shape', /operations\.0\.op/],
  ]; // prettier-ignore
  for (const [name, text, reason, message] of wrong) {
    it(`is refused when it is ${name}`, () => {
      assert.throws(
        () => readManifest(text),
        (error: unknown) => error instanceof ManifestInvalid && error.reason === reason && message.test(error.message),
      );
    });
  }

  const op = (name: string, from: string | undefined, to: string, more: object = {}): object => ({
    at,
    op: name,
    ...(from !== undefined && { from }),
    to,
    ...more,
  });
  const evil: [string, object][] = [
    ['takes a file from elsewhere', op('move', '/etc/passwd', '/w/Sorted/a.jpg')],
    ['puts a file elsewhere', op('move', '/w/Inbox/a.jpg', '/home/somebody/.bashrc')],
    ['climbs out of its folder', op('move', '/w/Inbox/../../etc/cron.d/x', '/w/Sorted/a.jpg')],
    ['has a neighbour’s folder with the same beginning', op('move', '/w/Inbox2/a.jpg', '/w/Sorted/a.jpg')],
    ['takes another file for a sidecar', op('move', '/w/Inbox/notes.txt', '/w/Sorted/notes.txt')],
    ['says to have written another file', op('write', undefined, '/w/Inbox/notes.txt', { sha256 })],
    ['calls an image of the inbox a copy', op('copy', '/w/Inbox/a.jpg', '/w/Inbox/b.jpg', { sha256 })],
    ['restores from elsewhere', op('write', undefined, '/w/Inbox/a.jpg.xmp', { sha256, before: { kept: '/etc/shadow', sha256 } })],
    ['names the folder itself', op('move', '/w/Inbox', '/w/Sorted/a.jpg')],
  ]; // prettier-ignore
  for (const [name, operation] of evil) {
    it(`gives an image up that ${name}, and keeps the others`, () => {
      const bad = { source: '/w/Inbox/a.jpg', sha256: 'cd'.repeat(32), operations: [operation] };
      const plan = planUndo(readManifest(manifest({ images: [image, bad] })));
      assert.equal(plan.refused.length, 1, JSON.stringify(plan));
      assert.deepEqual(plan.units.map(({ key }) => key.slice(0, 4)), ['abab']); // prettier-ignore
    });
  }

  it('never has folders removed that are not in the sorted folder', () => {
    const operations = [op('mkdir', undefined, '/w'), op('mkdir', undefined, '/w/Sorted/A'), op('mkdir', undefined, '/w/Sorted/../x'), ...image.operations]; // prettier-ignore
    const plan = planUndo(readManifest(manifest({ images: [{ ...image, operations }] })));
    assert.deepEqual(plan.folders, ['/w/Sorted/A']);
  });

  it('may name further inboxes, from which parked images came', () => {
    const parked = {
      ...image,
      source: '/old/x.jpg',
      operations: [op('move', '/old/x.jpg', '/w/Sorted/x.jpg')],
    };
    const refused = (f: object): number =>
      planUndo(readManifest(manifest({ configuration: { folders: f }, images: [parked] }))).refused.length;
    assert.equal(refused(folders), 1);
    assert.equal(refused({ ...folders, inboxes: ['/old'] }), 0);
  });

  it('counts an image that is listed twice once, with its last word', () => {
    const more = {
      ...image,
      operations: [...image.operations, op('write', undefined, '/w/Sorted/a.jpg.xmp', { sha256 })],
    };
    const plan = planUndo(readManifest(manifest({ images: [image, more] })));
    assert.deepEqual(plan.units.map(({ files }) => files.length), [2]); // prettier-ignore
  });

  it('tells what is on the NAS', () => {
    const synced = { ...image, stages: { sync: { status: 'done', destination: '/nas/a.jpg' } } };
    assert.deepEqual(planUndo(readManifest(manifest({ images: [synced] }))).onNas, ['/nas/a.jpg']);
  });
});
