import assert from 'node:assert/strict';
import { trackFiles, type TrackedFile } from '../../../src/core/undo/trackFiles.ts';
import { hashOf } from './smallRun.ts';

type Operation = Parameters<typeof trackFiles>[0]['operations'][number];

const source = '/w/Inbox/a.jpg';
const [one, tags, mine] = [hashOf('one'), hashOf('tags'), hashOf('mine')];
const track = (...operations: readonly Operation[]): readonly TrackedFile[] =>
  trackFiles({ source, sha256: one, operations: [...operations] });

describe('what a run has done to a file in the end', () => {
  it('is one move, however often the file was moved', () => {
    assert.deepEqual(
      track(
        { op: 'mkdir', to: '/w/Sorted/Cats' },
        { op: 'move', from: source, to: '/w/Sorted/Cats/a.jpg' },
        { op: 'move', from: '/w/Sorted/Cats/a.jpg', to: '/w/Sorted/Dogs/a.jpg' },
      ),
      [{ at: '/w/Sorted/Dogs/a.jpg', origin: source, sha256: one, isImage: true }],
    );
  });

  it('is nothing when the file was moved away and back', () => {
    const there = { op: 'move', from: source, to: '/w/Sorted/a.jpg' } as const;
    assert.deepEqual(track(there, { op: 'move', from: there.to, to: source }), []);
  });

  it('is told of a sidecar that was moved away and back after it was written: its first bytes are kept', () => {
    const [at, away] = [`${source}.xmp`, '/w/Sorted/a.jpg.xmp'];
    const before = { kept: '/w/.image-inbox/before/x.xmp', sha256: mine };
    assert.deepEqual(
      track(
        { op: 'write', to: at, sha256: tags, before },
        { op: 'move', from: at, to: away },
        { op: 'move', from: away, to: at },
      ),
      [{ at, origin: at, sha256: tags, before, isImage: false }],
    );
  });

  it('keeps what a sidecar said before the first of two writings', () => {
    const at = `${source}.xmp`;
    const [first, second] = [{ kept: '/w/k/1.xmp', sha256: mine }, { kept: '/w/k/2.xmp', sha256: tags }]; // prettier-ignore
    const [file] = track({ op: 'write', to: at, sha256: tags, before: first }, { op: 'write', to: at, sha256: one, before: second }); // prettier-ignore
    assert.deepEqual(file, { at, origin: at, sha256: one, before: first, isImage: false });
  });

  it('leaves a sidecar the run’s own that was written where none was, and then once more', () => {
    const at = `${source}.xmp`;
    const before = { kept: '/w/k/1.xmp', sha256: tags };
    assert.deepEqual(track({ op: 'write', to: at, sha256: tags }, { op: 'write', to: at, sha256: one, before }), [
      { at, sha256: one, isImage: false },
    ]);
  });

  it('knows the bytes of the image where an old manifest does not tell them of the move, but not those of its sidecar', () => {
    assert.deepEqual(
      track(
        { op: 'move', from: `${source}.xmp`, to: '/w/Sorted/a.jpg.xmp' },
        { op: 'move', from: source, to: '/w/Sorted/a.jpg' },
      ),
      [
        { at: '/w/Sorted/a.jpg.xmp', origin: `${source}.xmp`, isImage: false },
        { at: '/w/Sorted/a.jpg', origin: source, sha256: one, isImage: true },
      ],
    );
  });

  it('knows the bytes of a sidecar by its move where the manifest tells them', () => {
    const [from, to] = [`${source}.xmp`, '/w/Sorted/a.jpg.xmp'];
    assert.deepEqual(track({ op: 'move', from, to, sha256: mine }), [
      { at: to, origin: from, sha256: mine, isImage: false },
    ]);
  });

  it('keeps a file of unknown bytes that an old manifest has moved away and back: nobody knows what it was', () => {
    const [at, away] = [`${source}.xmp`, '/w/Sorted/a.jpg.xmp'];
    const files = track({ op: 'move', from: at, to: away }, { op: 'move', from: away, to: at });
    assert.deepEqual(files, [{ at, origin: at, isImage: false }]);
  });

  it('takes no bytes for known that a later writing without a hash has replaced', () => {
    const at = `${source}.xmp`;
    assert.deepEqual(track({ op: 'write', to: at, sha256: tags }, { op: 'write', to: at }), [{ at, isImage: false }]);
  });

  it('makes a copy of a copy, with its bytes, a file of its own, which is one of the original', () => {
    const [first, second] = ['/w/Sorted/a.jpg', '/w/Sorted/b.jpg'];
    assert.deepEqual(track({ op: 'copy', from: source, to: first, sha256: one }, { op: 'copy', from: first, to: second }), [
      { at: first, copyOf: source, isImage: true, sha256: one },
      { at: second, copyOf: source, isImage: true, sha256: one },
    ]); // prettier-ignore
  });

  it('passes over a move that does not say from where', () => {
    assert.deepEqual(track({ op: 'move', to: '/w/Sorted/a.jpg' }, { op: 'copy', to: '/w/Sorted/b.jpg' }), []);
  });
});
