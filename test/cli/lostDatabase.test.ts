import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { sampleInbox } from '../services/samplePosts.ts';
import { contents, filesBelow, Workspace } from './commandLine.ts';

/** What is lost, and how. */
const LOSSES = {
  'is gone': (working: string) => rmSync(join(working, 'image-inbox.db')),
  'was cut off': (working: string) => truncateSync(join(working, 'image-inbox.db'), 5000),
  'is gone, and the journals with it': (working: string) => {
    rmSync(join(working, 'image-inbox.db'));
    rmSync(join(working, 'journal'), { recursive: true });
  },
} as const;

describe('a database', () => {
  for (const [what, lose] of Object.entries(LOSSES)) {
    it(`that ${what} is made again by the next run: it knows what the runs before have sorted, all of them`, async () => {
      await using workspace = await Workspace.create({
        samples: false,
        settings: { 'imageInbox.stages.analyze': false, 'imageInbox.stages.sync': false },
      });
      const arrive = (sample: string, name: string): void =>
        copyFileSync(join(sampleInbox, 'camera', sample), join(workspace.inbox, name));
      const runs = ['coffee break.jpeg', 'IMG_2041.jpg'];
      for (const sample of runs) {
        arrive(sample, sample);
        assert.equal((await workspace.run(['process', '--offline', '--approve', 'all'])).code, 0);
      }
      const before = contents(workspace.sorted);
      const working = join(workspace.dir, '.image-inbox');
      assert.ok(existsSync(join(working, 'image-inbox.db')));
      lose(working);

      // they come in again, and a new one
      for (const sample of runs) arrive(sample, `again ${sample}`);
      arrive('astronaut.jpg', 'new.jpg');
      const { code, stderr } = await workspace.run(['process', '--offline', '--approve', 'all']);
      assert.equal(code, 0, stderr);
      assert.deepEqual(filesBelow(workspace.inbox), runs.map((sample) => `again ${sample}`).sort());
      const whys = workspace.manifest().images.map(({ stages }) => stages['scan']?.why ?? '');
      assert.equal(whys.filter((why) => why.startsWith('duplicate: the same bytes as ')).length, 2, whys.join('\n'));
      const after = contents(workspace.sorted);
      assert.equal(after.size, before.size + 1);
      for (const [hash, count] of before) assert.equal(after.get(hash), count);
      if (what === 'was cut off') {
        assert.ok(
          readdirSync(working).some((name) => name.startsWith('image-inbox.db.broken-')),
          'it is kept',
        );
      }
    });
  }
});
