import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ReviewMemory } from '../../../src/vscode/review/reviewModel.ts';
import { ReviewStorage } from '../../../src/vscode/review/reviewStorage.ts';

describe('What is kept of the review', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'review storage '));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('is there when the panel is opened again while it is still being written', async () => {
    const log = { warn: (text: string) => assert.fail(text) } as unknown as vscode.LogOutputChannel;
    const storage = new ReviewStorage({ fsPath: join(dir, 'new') } as unknown as vscode.Uri, log);
    const memory: ReviewMemory = { marks: [['a' as ImageId, { category: 'Moons' }]], done: [], undone: [] };
    storage.save(() => memory);
    void storage.flush();
    assert.deepEqual((await storage.read())?.marks, memory.marks);
    await storage.flush();
  });
});
