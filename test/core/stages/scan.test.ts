import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { ContentHash, ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { ScanStage } from '../../../src/core/stages/scan.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { filesBelow, sha256 } from '../../cli/commandLine.ts';
import { sampleInbox } from '../../services/samplePosts.ts';

const PICTURE = join(sampleInbox, 'camera/IMG_2041.jpg');

/** What came of an image at `path`, when the database says that its bytes are sorted at `sorted`. */
async function scan(path: string, sorted: string, trash: string) {
  const operations: FileOperation[] = [];
  const file = { sha256: sha256(sorted) as ContentHash, path: sorted, source: '/elsewhere/a.jpg' };
  const stage = new ScanStage({
    files: new NodeFiles(),
    store: { sortedFiles: () => [file] } as unknown as Store,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    duplicates: 'trash',
    trash,
    underWay: [],
  });
  const { size, mtimeMs } = statSync(path);
  const state: ImageState = { image: { id: '0' as ImageId, path, size, mtimeMs }, stages: {}, operations: [] };
  const outcome = await stage.run(state, {
    signal: new AbortController().signal,
    lastCall: false,
    intend: () => Promise.resolve(),
    operated: (done) => Promise.resolve(void operations.push(...done)),
    remember: () => Promise.resolve(),
    warn: () => undefined,
  });
  return { outcome, operations };
}

describe('the stage scan, where duplicates go to the trash', () => {
  it('takes a duplicate there, with its sidecar', async () => {
    await using folder = await temporaryFolder();
    for (const name of ['Inbox', 'Sorted']) mkdirSync(join(folder.path, name));
    copyFileSync(PICTURE, join(folder.path, 'Sorted/a.jpg'));
    copyFileSync(PICTURE, join(folder.path, 'Inbox/b.jpg'));
    copyFileSync(PICTURE, join(folder.path, 'Inbox/b.jpg.xmp'));
    const trash = join(folder.path, 'trash');
    const { outcome, operations } = await scan(
      join(folder.path, 'Inbox/b.jpg'),
      join(folder.path, 'Sorted/a.jpg'),
      trash,
    );
    assert.equal(outcome.kind, 'skipped');
    assert.deepEqual(operations.map(({ op }) => op), ['trash', 'trash']); // prettier-ignore
    assert.deepEqual(filesBelow(folder.path), ['Sorted/a.jpg', 'trash/0-b.jpg', 'trash/0-b.jpg.xmp']);
  });

  it('leaves alone what is the sorted file itself, by another path', async () => {
    await using folder = await temporaryFolder();
    mkdirSync(join(folder.path, 'Sorted'));
    copyFileSync(PICTURE, join(folder.path, 'Sorted/a.jpg'));
    const alias = join(folder.path, 'alias');
    symlinkSync(join(folder.path, 'Sorted'), alias);
    const { outcome, operations } = await scan(
      join(alias, 'a.jpg'),
      join(folder.path, 'Sorted/a.jpg'),
      join(folder.path, 'trash'),
    );
    assert.equal(outcome.kind, 'skipped');
    assert.deepEqual(operations, []);
    rmSync(alias);
    assert.deepEqual(filesBelow(folder.path), ['Sorted/a.jpg']);
  });
});
