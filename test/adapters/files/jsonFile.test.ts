import assert from 'node:assert/strict';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JsonFile } from '../../../src/adapters/files/jsonFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('JsonFile', () => {
  it('gives back what was saved, also to the next process', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'not made yet', 'limits.json');
    await new JsonFile(path).save({ until: 5, why: '夏 🌄' });
    assert.deepEqual(await new JsonFile(path).load(), { until: 5, why: '夏 🌄' });
    assert.deepEqual(await readdir(join(folder.path, 'not made yet')), ['limits.json']);
  });

  it('keeps the last of many that are saved at once', async () => {
    await using folder = await temporaryFolder();
    const file = new JsonFile(join(folder.path, 'limits.json'));
    const saved = Promise.all(Array.from({ length: 20 }, (_, n) => file.save({ n })));
    assert.deepEqual(await file.load(), { n: 19 });
    await saved;
  });

  it('knows nothing when there is no file, or a broken one', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'limits.json');
    assert.equal(await new JsonFile(path).load(), undefined);
    await writeFile(path, '{"until":');
    assert.equal(await new JsonFile(path).load(), undefined);
  });

  it('stops the run when it can not be saved, and can be saved later', async () => {
    await using folder = await temporaryFolder();
    const gone = join(folder.path, 'link to nowhere');
    await symlink(join(folder.path, 'a', 'b'), gone);
    const file = new JsonFile(join(gone, 'limits.json'));
    await assert.rejects(file.save(1), { name: 'FatalError', reason: 'not-writable' });
    await new JsonFile(join(folder.path, 'a', 'b', 'limits.json')).save(0);
    await file.save(2);
    assert.equal(await file.load(), 2);
  });
});
