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
    ['nothing', 'null', 'wrong-shape', /the file/],
    ['a text', '"manifest"', 'wrong-shape', /the file/],
    ['of a version that is no number', manifest({ version: '2' }), 'wrong-shape', /version/],
    ['with a path that ends early', manifest({ images: [{ ...image, source: '/w/Inbox/a.jpg\0.png' }] }), 'wrong-shape', /images\.0\.source/],
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
  const evil: [string, object, string?][] = [
    ['takes a file from elsewhere', op('move', '/etc/passwd', '/w/Sorted/a.jpg')],
    ['puts a file elsewhere', op('move', '/w/Inbox/a.jpg', '/home/somebody/.bashrc')],
    ['climbs out of its folder', op('move', '/w/Inbox/../../etc/cron.d/x', '/w/Sorted/a.jpg')],
    ['has a neighbour’s folder with the same beginning', op('move', '/w/Inbox2/a.jpg', '/w/Sorted/a.jpg')],
    ['takes another file for a sidecar', op('move', '/w/Inbox/notes.txt', '/w/Sorted/notes.txt')],
    ['says to have written another file', op('write', undefined, '/w/Inbox/notes.txt', { sha256 })],
    ['calls an image of the inbox a copy', op('copy', '/w/Inbox/a.jpg', '/w/Inbox/b.jpg', { sha256 })],
    ['restores from elsewhere', op('write', undefined, '/w/Inbox/a.jpg.xmp', { sha256, before: { kept: '/etc/shadow', sha256 } })],
    ['takes a file with a name that only contains a sidecar’s', op('move', '/w/Inbox/a.xmp.exe', '/w/Sorted/a.xmp.exe')],
    ['goes up on its way within the folder, where a link may lead elsewhere', op('move', '/w/Inbox/a.jpg', '/w/Sorted/link/../a.jpg')],
    ['calls an image a copy of itself', op('copy', '/w/Sorted/a.jpg', '/w/Sorted/a.jpg', { sha256 }), '/w/Sorted/a.jpg'],
    ['calls an image a copy of itself by another spelling', op('copy', '/w/Sorted//./a.jpg', '/w/Sorted/a.jpg', { sha256 }), '/w/Sorted//./a.jpg'],
    ['names the folder itself', op('move', '/w/Inbox', '/w/Sorted/a.jpg')],
  ]; // prettier-ignore
  for (const [name, operation, source = '/w/Inbox/a.jpg'] of evil) {
    it(`gives an image up that ${name}, and keeps the others`, () => {
      const bad = { source, sha256: 'cd'.repeat(32), operations: [operation] };
      const plan = planUndo(readManifest(manifest({ images: [image, bad] })));
      assert.equal(plan.refused.length, 1, JSON.stringify(plan));
      assert.deepEqual(plan.units.map(({ key }) => key.slice(0, 4)), ['abab']); // prettier-ignore
    });
  }

  it('says of each image that is given up which file is why', () => {
    const whyOf = (...operations: readonly object[]): string | undefined =>
      planUndo(readManifest(manifest({ images: [{ ...image, operations }] }))).refused[0]?.why;
    const [inbox, sorted] = ['/w/Inbox/a.jpg', '/w/Sorted/a.jpg'];
    assert.equal(whyOf(op('move', inbox, '/etc/a.jpg')), '/etc/a.jpg is not in a folder of the run');
    assert.equal(whyOf(op('move', '/etc/a.xmp', '/w/Sorted/a.xmp')), '/etc/a.xmp is not in a folder of the run');
    assert.equal(
      whyOf(op('write', undefined, `${inbox}.xmp`, { sha256, before: { kept: '/etc/x', sha256 } })),
      '/etc/x is not in the working folder',
    );
    assert.equal(
      whyOf(op('move', '/w/Inbox/a.xmp', '/w/Sorted/a.txt')),
      '/w/Sorted/a.txt is neither the image nor a sidecar',
    );
    assert.equal(
      whyOf(op('move', '/w/Inbox/a.txt', '/w/Sorted/a.xmp')),
      '/w/Inbox/a.txt is neither the image nor a sidecar',
    );
    assert.equal(
      whyOf(op('copy', inbox, '/w/Inbox/b.jpg', { sha256 })),
      '/w/Inbox/b.jpg is a copy outside the sorted folder',
    );
    assert.equal(whyOf(op('move', inbox, '/w/Sorted/sub/..')), '/w/Sorted/sub/.. is not in a folder of the run');
    assert.equal(
      whyOf(op('copy', inbox, sorted, { sha256 }), op('copy', sorted, inbox, { sha256 })),
      '/w/Inbox/a.jpg is called a copy of itself',
    );
    assert.equal(whyOf(op('move', inbox, sorted)), undefined);
    const { source, operations } = image;
    const plan = planUndo(readManifest(manifest({ images: [{ source, operations }] })));
    assert.deepEqual(plan.refused, [{ source, why: 'the manifest does not tell the bytes of the image' }]);
    assert.deepEqual(plan.units, []);
  });

  it('is gone through from its end, so that what came last goes first', () => {
    const nth = (n: number): object => ({
      source: `/w/Inbox/${n}.jpg`,
      sha256,
      operations: [op('mkdir', undefined, `/w/Sorted/${n}`), op('move', `/w/Inbox/${n}.jpg`, `/w/Sorted/${n}/x.jpg`)],
    });
    const untouched = { source: '/w/Inbox/c.jpg', sha256, operations: [] };
    const plan = planUndo(readManifest(manifest({ images: [nth(2), nth(1), untouched, nth(10)] })));
    assert.deepEqual(plan.units.map(({ source }) => source), [10, 1, 2].map((n) => `/w/Inbox/${n}.jpg`)); // prettier-ignore
    assert.deepEqual(plan.folders, ['/w/Sorted/10', '/w/Sorted/1', '/w/Sorted/2']);
  });

  it('may be undone in part: images by where they were or went, or by a folder of either', () => {
    const nth = (n: number, destination?: string): object => ({
      source: `/w/Inbox/${n}.jpg`,
      sha256,
      ...(destination !== undefined && { destination }),
      operations: [op('move', `/w/Inbox/${n}.jpg`, `/w/Sorted/${n}.jpg`)],
    });
    const text = manifest({ images: [nth(1, '/w/Sorted/A/1.jpg'), nth(2, '/w/Sorted/B/2.jpg'), nth(3)] });
    const selected = (...selection: readonly string[]): readonly string[] =>
      planUndo(readManifest(text), selection).units.map(({ source }) => source.slice('/w/Inbox/'.length));
    assert.deepEqual(selected('/w/Sorted/A'), ['1.jpg']);
    assert.deepEqual(selected('/w/Sorted/B/2.jpg', '/w/Inbox/3.jpg'), ['3.jpg', '2.jpg']);
    assert.deepEqual(selected('/w/Inbox'), ['3.jpg', '2.jpg', '1.jpg']);
    assert.deepEqual(selected('/w/Sorted/AB', '/w/Inbox/1'), []);
    assert.deepEqual(selected(), []);
  });

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
    const onNas = (sync: object): readonly string[] =>
      planUndo(readManifest(manifest({ images: [{ ...image, stages: { sync } }] }))).onNas;
    assert.deepEqual(onNas({ status: 'done', destination: '/nas/a.jpg' }), ['/nas/a.jpg']);
    assert.deepEqual(onNas({ status: 'failed', destination: '/nas/a.jpg' }), []);
    assert.deepEqual(onNas({ status: 'done' }), []);
  });
});
