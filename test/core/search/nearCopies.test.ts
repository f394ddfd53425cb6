import assert from 'node:assert/strict';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../../src/core/model/look.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { NearCopies } from '../../../src/core/search/nearCopies.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { openStore } from './asked.ts';

const [A, B, C] = ['a', 'b', 'c'].map(sha256Of) as [ContentHash, ContentHash, ContentHash];

/** Noise, of which there is enough to be seen; or a white page. */
function lookOf(what: 'noise' | 'white', hash = '0123456789abcdef'): Look {
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  const pixels = Uint8Array.from({ length: LUMA_CELLS + 2 * CHROMA_CELLS }, () =>
    what === 'noise' ? 20 + (next() >>> 24) * 0.8 : 255,
  );
  return { width: 1000, height: 700, hash, pixels };
}

const copiesOf = (store: Store, underWay: readonly ImageState[] = []) => new NearCopies(store, 0, underWay);
const hashes = (copies: readonly { readonly sha256: ContentHash }[]) => copies.map(({ sha256 }) => sha256);

describe('The near copies of an image', () => {
  it('are those that look like it, in this run and since earlier ones, and never itself', async () => {
    await using s = await openStore();
    const copies = copiesOf(s.store);
    copies.add(A, '/inbox/a.jpg', lookOf('noise'), 1000);
    copies.add(B, '/inbox/b.jpg', lookOf('noise'), 2000);
    copies.add(C, '/inbox/c.jpg', lookOf('noise', 'fedcba9876543210'), 2000);
    assert.deepEqual(hashes(copies.of(A, copies.lookOf(A))), [B]);
    assert.deepEqual(hashes(copiesOf(s.store).of(A, lookOf('noise'))), [B]);
    assert.deepEqual(hashes(new NearCopies(s.store, 2001, []).of(A, lookOf('noise'))), [], 'seen too long ago');
  });

  it('are none for a page on which there is nothing to be seen, or a picture of which no look could be had', async () => {
    await using s = await openStore();
    const copies = copiesOf(s.store);
    copies.add(A, '/inbox/a.jpg', lookOf('white'), 0);
    copies.add(B, '/inbox/b.jpg', lookOf('white'), 0);
    assert.deepEqual(copies.of(A, lookOf('white')), []);
    assert.deepEqual(copies.of(A, undefined), []);
    assert.equal(copies.lookOf(C), undefined);
    assert.deepEqual(copiesOf(s.store).of(A, lookOf('white')), [], 'nor in another run');
  });

  it('are named by where they lie, or where they were before they were sorted', async () => {
    await using s = await openStore();
    s.store.rememberSorted({ sha256: C, path: '/sorted/c.jpg', source: '/inbox/c.jpg', at: 0 });
    const underWay = {
      image: { path: '/inbox/b.jpg' },
      stages: { scan: { outcome: { kind: 'done', result: { sha256: B } } } },
    } as unknown as ImageState;
    const unseen = { image: { path: '/inbox/d.jpg' }, stages: {} } as unknown as ImageState;
    const copies = copiesOf(s.store, [unseen, underWay]);
    copies.add(A, '/inbox/a.jpg', lookOf('noise'), 0);
    const paths = [A, B, C, sha256Of('d')].map((sha256) => copies.pathOf(sha256));
    assert.deepEqual(paths, ['/inbox/a.jpg', '/inbox/b.jpg', '/inbox/c.jpg', undefined]);
  });

  it('wait for one another’s searches, and for those of no others', async () => {
    await using s = await openStore();
    const copies = copiesOf(s.store);
    const [ofA, ofB] = [[{ sha256: B, likeness: 1 }], [{ sha256: A, likeness: 1 }]];
    const first = Promise.withResolvers<string>();
    const begun: string[] = [];
    const search = (name: string, end: Promise<string>) => () => {
      begun.push(name);
      return end;
    };
    const a = copies.inTurn(A, ofA, search('a', first.promise));
    const b = copies.inTurn(B, ofB, search('b', Promise.resolve('found by the other')));
    const c = copies.inTurn(C, [], search('c', Promise.resolve('alone')));
    assert.equal(await c, 'alone');
    assert.deepEqual(begun, ['a', 'c']);
    first.reject(new Error('down'));
    await assert.rejects(a, /down/);
    assert.equal(await b, 'found by the other', 'its trouble is its own');
  });
});
