import assert from 'node:assert/strict';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { ThumbnailQueue } from '../../../src/vscode/review/thumbnailQueue.ts';

const ids = (...names: string[]): ImageId[] => names as ImageId[];

describe('The queue of thumbnails', () => {
  it('makes what is on the screen now, not what was scrolled past', async () => {
    const made: string[] = [];
    const gates: (() => void)[] = [];
    const queue = new ThumbnailQueue(2, (id) => {
      made.push(id);
      return new Promise((resolve) => gates.push(resolve));
    });
    queue.want(ids('a', 'b', 'c', 'd'), []);
    assert.deepEqual(made, ['a', 'b']);
    queue.want(ids('x', 'b', 'y'), ids('x'));
    while (gates.length > 0) {
      gates.shift()?.();
      await new Promise(setImmediate);
    }
    assert.deepEqual(made, ['a', 'b', 'x', 'y', 'x']);
  });
});
