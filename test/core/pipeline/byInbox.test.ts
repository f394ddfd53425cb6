import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { byInbox } from '../../../src/core/pipeline/byInbox.ts';

const at = (...way: readonly string[]): string => resolve('/pictures 写真', ...way);

describe('Images that are processed together', () => {
  it('are each taken from the inbox, or from the folder that was processed by itself', () => {
    const [inbox, first, second] = [at('Inbox'), at("New 'ones' 🌄"), at('Inbox 2')];
    const images = [at(first, 'a.png'), at(inbox, 'b.png'), at(second, 'c.png'), at(inbox, 'sub', 'd.png')];
    assert.deepEqual(
      [...byInbox(images, inbox)],
      [
        [first, [at(first, 'a.png')]],
        [inbox, [at(inbox, 'b.png'), at(inbox, 'sub', 'd.png')]],
        [second, [at(second, 'c.png')]],
      ],
    );
  });

  it('are one run where one folder holds the other', () => {
    const images = [at('New', 'a.png'), at('New', 'sub', 'b.png'), at('New', 'c.png')];
    assert.deepEqual([...byInbox(images, at('Inbox'))], [[at('New'), images]]);
  });

  it('are taken from the inbox also where a folder around it was processed', () => {
    const images = [at('a.png'), at('Inbox', 'b.png')];
    assert.deepEqual([...byInbox(images, at('Inbox')).keys()], [at(), at('Inbox')]);
  });
});
