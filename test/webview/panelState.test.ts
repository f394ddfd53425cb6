import assert from 'node:assert/strict';
import type { ImageId } from '../../src/core/model/ids.ts';
import type { ReviewRow } from '../../src/protocol/review.ts';
import { above } from '../../webview/arrange.ts';
import { PanelState } from '../../webview/panelState.ts';
import { typedTag } from '../../webview/typedTag.ts';

function row(id: string, more: Partial<ReviewRow> = {}): ReviewRow {
  return {
    id: id as ImageId,
    name: `${id}.jpg`,
    folder: 'Inbox',
    status: 'waiting',
    evidence: 0.5,
    category: 'Anime/Scenery',
    ...more,
  };
}

function stateOf(...rows: ReviewRow[]): PanelState {
  const state = new PanelState();
  state.take(rows, true);
  return state;
}

describe('What the panel shows', () => {
  it('are those that wait, as they were found', () => {
    const state = stateOf(row('b'), row('a'), row('c', { status: 'skipped' }), row('d', { status: 'rejected' }));
    assert.deepEqual(state.order, ['b', 'a']);
    assert.deepEqual(state.counts(), { waiting: 2, skipped: 1, decided: 1 });
    state.rearrange({ shown: 'skipped' });
    assert.deepEqual(state.order, ['c']);
    state.rearrange({ shown: 'decided' });
    assert.deepEqual(state.order, ['d']);
    state.rearrange({ shown: 'all' });
    assert.deepEqual(state.order, ['b', 'a', 'c', 'd']);
  });

  it('is sorted by similarity, what was not compared first', () => {
    const state = stateOf(row('a', { similarity: 90 }), row('b', { similarity: 70 }), row('c'));
    state.rearrange({ sort: 'similarity' });
    assert.deepEqual(state.order, ['c', 'b', 'a']);
    state.rearrange({ descending: true });
    assert.deepEqual(state.order, ['a', 'b', 'c']);
  });

  it('is sorted by names as people count', () => {
    const state = stateOf(row('a', { name: 'p10.jpg' }), row('b', { name: 'p9.jpg' }), row('c', { name: 'P1.jpg' }));
    state.rearrange({ sort: 'name' });
    assert.deepEqual(state.order, ['c', 'b', 'a']);
  });

  it('is filtered by a category and those below it, and by what the host found', () => {
    const state = stateOf(row('a', { category: 'Anime' }), row('b'), row('c', { category: 'Animes' }));
    state.rearrange({ category: 'Anime' });
    assert.deepEqual(state.order, ['a', 'b']);
    state.rearrange({ text: 'sky' });
    assert.deepEqual(state.order, ['a', 'b'], 'until the host has looked');
    state.takeFound('sky', ['b'] as ImageId[]);
    assert.deepEqual(state.order, ['b']);
  });

  it('has no “all” to decide on or to select before the host has found those with the very text', () => {
    const state = stateOf(row('a'), row('b'), row('c', { status: 'skipped' }));
    const all = (): string[] => state.allUndecided().map(({ id }) => id);
    const selected = (): string[] => {
      const [first] = state.order;
      if (first !== undefined) state.selection.only(first);
      state.selectAll();
      return state.selection.ids();
    };
    assert.deepEqual(
      [all(), selected()],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    );
    state.rearrange({ text: 's' });
    assert.deepEqual([all(), selected()], [[], ['a']]);
    state.takeFound('s', ['a', 'b'] as ImageId[]);
    assert.deepEqual(
      [all(), selected()],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    );
    state.rearrange({ text: 'sky' });
    state.takeFound('sk', ['a', 'b'] as ImageId[]);
    assert.deepEqual([all(), selected()], [[], ['a']], 'the answer is to what was typed before');
    state.takeFound('sky', ['b'] as ImageId[]);
    assert.deepEqual([all(), selected()], [['b'], ['b']]);
    state.rearrange({ text: '' });
    assert.deepEqual(all(), ['a', 'b']);
  });

  it('does not let an image jump away while it is edited', () => {
    const state = stateOf(row('a', { category: 'A' }), row('b', { category: 'B' }), row('c', { category: 'C' }));
    state.rearrange({ sort: 'category' });
    state.change([row('a', { category: 'Z' })]);
    assert.deepEqual(state.order, ['a', 'b', 'c']);
  });

  it('loses what is decided on, and has it again in its place when that is undone', () => {
    const state = stateOf(row('a'), row('b'), row('c'));
    state.selection.only('b' as ImageId);
    state.change([row('b', { status: 'approved' })]);
    assert.deepEqual(state.order, ['a', 'c']);
    assert.equal(state.selection.focus, 'c');
    state.change([row('b')]);
    assert.deepEqual(state.order, ['a', 'b', 'c']);
    state.remove(['a'] as ImageId[]);
    assert.deepEqual(state.order, ['b', 'c']);
  });

  it('counts those at a threshold as above it', () => {
    const rows = [row('a', { evidence: 0.29 + 0.61 }), row('b', { evidence: 0.9 }), row('c', { evidence: 0.89 })];
    assert.deepEqual(above(rows, 0.9), ['a', 'b']);
    assert.deepEqual(above(rows, 0), ['a', 'b', 'c']);
  });
});

describe('A tag that is typed', () => {
  it('says no category by itself', () => {
    assert.deepEqual(typedTag('  blue  eyes '), { name: 'blue  eyes' });
  });

  it('is of the category that it says', () => {
    assert.deepEqual(typedTag('artist:Some One'), { name: 'Some One', category: 'artist' });
    assert.deepEqual(typedTag('series:x'), { name: 'x', category: 'copyright' });
    assert.deepEqual(typedTag('general:x'), { name: 'x', category: 'general' });
  });

  it('is of the category that it says also where its end was chosen from those seen before in another one', () => {
    const completion = { text: 'some_one', category: 'general', count: 1 } as const;
    assert.deepEqual(typedTag('artist:some', completion), { name: 'some_one', category: 'artist' });
    assert.deepEqual(typedTag('some', completion), { name: 'some_one' });
  });

  it('may have a colon of its own', () => {
    assert.deepEqual(typedTag('re:zero'), { name: 're:zero' });
    assert.deepEqual(typedTag('constructor:x'), { name: 'constructor:x' });
    assert.deepEqual(typedTag('>:)'), { name: '>:)' });
  });
});
