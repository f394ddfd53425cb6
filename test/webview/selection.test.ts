import assert from 'node:assert/strict';
import type { ImageId } from '../../src/core/model/ids.ts';
import { Selection } from '../../webview/selection.ts';

const ids = (...names: string[]): ImageId[] => names as ImageId[];
const [a, b, c, d, e] = ids('a', 'b', 'c', 'd', 'e') as [ImageId, ImageId, ImageId, ImageId, ImageId];

function selection(order = [a, b, c, d, e]): Selection {
  const made = new Selection();
  made.reorder(order);
  return made;
}

describe('The selection', () => {
  it('begins with the first image', () => {
    assert.equal(selection().focus, a);
    assert.deepEqual(selection().ids(), [a]);
  });

  it('is empty where there are no images', () => {
    assert.equal(selection([]).focus, undefined);
    assert.deepEqual(selection([]).ids(), []);
  });

  it('extends from where it began, forwards and back', () => {
    const made = selection();
    made.only(c);
    made.extendTo(e);
    assert.deepEqual(made.ids(), [c, d, e]);
    made.extendTo(b);
    assert.deepEqual(made.ids(), [b, c]);
    assert.equal(made.focus, b);
  });

  it('adds and takes out single images, and tells them in the order that is shown', () => {
    const made = selection();
    made.toggle(e);
    made.toggle(c);
    assert.deepEqual(made.ids(), [a, c, e]);
    made.toggle(a);
    assert.deepEqual(made.ids(), [c, e]);
    assert.equal(made.focus, a, 'the focus stays where the person is');
  });

  it('goes to the next image when the one with the focus goes, and to the one before at the end', () => {
    const made = selection();
    made.only(b);
    made.reorder([a, c, d, e]);
    assert.equal(made.focus, c);
    made.only(e);
    made.reorder([a, c, d]);
    assert.equal(made.focus, d);
    made.reorder([]);
    assert.equal(made.focus, undefined);
    assert.equal(made.size, 0);
  });

  it('knows what comes next when many are decided on at once', () => {
    const made = selection();
    made.only(b);
    made.extendTo(d);
    assert.equal(made.after(new Set([b, c, d])), e);
    assert.equal(made.after(new Set([b, c, d, e])), a);
    assert.equal(made.after(new Set([a, b, c, d, e])), undefined);
  });

  it('moves by rows, and does not leave the list', () => {
    const made = selection();
    assert.equal(made.towards('up', 2, 1), undefined);
    assert.equal(made.towards('down', 2, 1), c);
    made.only(d);
    assert.equal(made.towards('down', 2, 1), e, 'the last row is shorter');
    made.only(e);
    assert.equal(made.towards('down', 2, 1), undefined);
    assert.equal(made.towards('right', 2, 1), undefined);
    assert.equal(made.towards('first', 2, 1), a);
    assert.equal(made.towards('page-up', 2, 5), a);
    made.only(a);
    assert.equal(made.towards('page-down', 2, 1), c);
    assert.equal(made.towards('page-down', 2, 9), e);
  });

  it('keeps what is selected when the order changes', () => {
    const made = selection();
    made.only(b);
    made.extendTo(c);
    made.reorder([e, d, c, b, a]);
    assert.deepEqual(made.ids(), [c, b]);
    made.all();
    assert.deepEqual(made.ids(), [e, d, c, b, a]);
  });
});
