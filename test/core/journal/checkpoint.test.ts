import assert from 'node:assert/strict';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { Digest } from '../../../src/core/journal/digest.ts';
import { Journal } from '../../../src/core/journal/journal.ts';
import { replay } from '../../../src/core/journal/replay.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { started, storyOf } from './story.ts';

const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];

describe('a checkpoint of the journal', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: Awaited<ReturnType<NodeJournalFolder['create']>>;
  let journal: Journal;
  beforeEach(async () => {
    folder = await temporaryFolder();
    file = await new NodeJournalFolder(folder.path).create([]);
    journal = new Journal(file);
  });
  afterEach(async () => {
    await journal.close();
    await folder[Symbol.asyncDispose]();
  });

  /** as it is found by another process */
  const saved = async () => (await new NodeJournalFolder(folder.path).readLatest())?.saved();

  it('saves what the database knows by then, and not what came in the meantime', async () => {
    journal.follow(new Digest());
    await journal.append(started);
    await journal.append(a.found);
    const { offset } = journal.position;
    await journal.checkpoint(async () => {
      assert.equal(await saved(), undefined, 'the database comes first');
      await journal.appendDurably(b.found);
    });
    const kept = await saved();
    assert.equal(kept?.offset, offset);
    assert.deepEqual([...(Digest.read(kept.lines)?.open.keys() ?? [])], [a.id]);
    assert.deepEqual([...((await replay(journal))?.open.keys() ?? [])], [a.id, b.id]);
  });

  it('is where the next run begins to read', async () => {
    journal.follow(new Digest());
    await journal.append(started);
    await journal.checkpoint(() => Promise.resolve());
    const next = await new NodeJournalFolder(folder.path).openLatest();
    assert.ok(next);
    assert.equal((await new Journal(next).saved())?.offset, journal.position.offset);
    await next.close();
  });

  it('saves nothing where the database could not be saved', async () => {
    journal.follow(new Digest());
    await journal.append(started);
    await assert.rejects(
      journal.checkpoint(() => Promise.reject(new Error('full'))),
      /full/,
    );
    assert.equal(await saved(), undefined);
  });

  it('does not fail where the digest can’t be saved, and the next one is', async () => {
    journal.follow(new Digest());
    await journal.append(started);
    const save = file.save.bind(file);
    file.save = () => Promise.reject(new Error('full'));
    await journal.checkpoint(() => Promise.resolve());
    assert.equal(await saved(), undefined);
    file.save = save;
    await journal.checkpoint(() => Promise.resolve());
    assert.ok(await saved());
  });

  it('is one of the database alone where nobody follows the journal', async () => {
    await journal.append(started);
    let taken = 0;
    await journal.checkpoint(async () => {
      taken++;
    });
    assert.equal(taken, 1);
    assert.equal(await saved(), undefined);
  });
});
