import assert from 'node:assert/strict';
import { appendFile, link, readdir, rm } from 'node:fs/promises';
import { randomFrom } from '../learning/random.ts';
import { dyingFiles, Killed } from './dyingFiles.ts';
import { SmallRun } from './smallRun.ts';

/** Images and sidecars of a folder tree that stand without their other half, where a pair is expected. */
const widows = (tree: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(tree).filter((path) => path.endsWith('.xmp') && tree[path.slice(0, -4)] === undefined);

describe('an undo that is cut off', () => {
  for (const transfer of ['move', 'copy'] as const) {
    it(`at any step is finished by the next one (${transfer})`, async () => {
      for (let step = 0; ; step++) {
        for (const after of [false, true]) {
          const run = await SmallRun.make();
          try {
            await run.put('Inbox/x/a 猫.jpg', 'one');
            await run.put('Inbox/x/a 猫.jpg.xmp', 'mine');
            await run.put('Inbox/b.jpg', 'two');
            await run.put('Sorted/manifest.json', '{}');
            const before = await run.tree();
            await run.sort('Inbox/x/a 猫.jpg', { transfer, sidecar: 'mine and tags', category: 'New' });
            await run.sort('Inbox/b.jpg', { transfer, sidecar: 'tags' });
            const cutOff = await run.undo(undefined, dyingFiles(run.files, step, after)).then(
              () => false,
              (error: unknown) => {
                if (error instanceof Killed) return true;
                throw error;
              },
            );
            if (!cutOff) {
              assert.ok(step >= 6, `only ${step} steps`);
              return;
            }
            const report = await run.undo();
            assert.deepEqual(await run.tree(), before, `killed ${after ? 'after' : 'before'} step ${step}`);
            assert.ok(report.images.every(({ result }) => result.kind === 'undone' || result.kind === 'as-before'));
            assert.deepEqual(await readdir(run.path('Sorted')), ['manifest.json']);
          } finally {
            await run.remove();
          }
        }
      }
    });
  }

  it('is finished where the image had both of its names', async () => {
    const run = await SmallRun.make();
    try {
      await run.put('Inbox/a 猫.jpg', 'one');
      const before = await run.tree();
      const to = await run.sort('Inbox/a 猫.jpg');
      // the changes are: the folder is made, the image is moved
      await assert.rejects(run.undo(undefined, dyingFiles(run.files, 1, false)), Killed);
      await link(to, run.path('Inbox/a 猫.jpg'));
      const report = await run.undo();
      assert.equal(report.finished, 1);
      assert.deepEqual(await run.tree(), before);
    } finally {
      await run.remove();
    }
  });

  it('comes out right, without its journal too, but for the one image at which it was cut off', async () => {
    const random = randomFrom(99);
    for (let round = 0; round < 25; round++) {
      const run = await SmallRun.make();
      try {
        const bytes: string[] = [];
        const names = ['a', 'b "x"', '猫', '🐈 d', 'e', 'f'];
        for (const name of names) {
          bytes.push(`image ${name} ${round}`);
          await run.put(`Inbox/${name}.jpg`, bytes.at(-1) ?? '');
          if (random() < 0.5) await run.put(`Inbox/${name}.jpg.xmp`, `mine ${name}`);
        }
        const before = await run.tree();
        const edited = new Set<string>();
        for (const name of names) {
          const to = await run.sort(`Inbox/${name}.jpg`, {
            transfer: random() < 0.5 ? 'move' : 'copy',
            category: `C${Math.floor(random() * 3)}`,
            ...(random() < 0.7 && { sidecar: `tags ${name}` }),
          });
          if (random() < 0.2) {
            await appendFile(to, ' edited');
            edited.add(name);
          }
        }
        const kill = Math.floor(random() * 12);
        await run.undo(undefined, dyingFiles(run.files, kill, random() < 0.5)).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
        const between = Object.values(await run.tree());
        for (const image of bytes) assert.ok(between.some((text) => text.startsWith(image)), `${image} is nowhere`); // prettier-ignore
        const journal = random() < 0.5;
        if (!journal) await rm(run.path('.image-inbox/undo'), { recursive: true, force: true });
        const report = await run.undo();
        const after = await run.tree();
        assert.deepEqual(widows(after), [], JSON.stringify(after, null, 1));
        const left = new Set(report.images.filter(({ result }) => result.kind === 'left').map(({ source }) => source));
        for (const name of edited) assert.ok(left.has(run.path(`Inbox/${name}.jpg`)), `${name} was edited`);
        assert.ok(left.size <= edited.size + (journal ? 0 : 1));
        if (edited.size === 0 && journal) assert.deepEqual(after, before);
      } finally {
        await run.remove();
      }
    }
  });
});
