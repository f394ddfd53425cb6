import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, ROOT, Workspace } from './commandLine.ts';
import { jsonEvents } from './jsonEvents.ts';

const IMAGE = readFileSync(join(ROOT, 'test/samples/inbox/camera/astronaut.jpg'));

const eventsOf = (stdout: string) => jsonEvents('sync', stdout);

describe('image-inbox sync', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false });
    for (let i = 0; i < 6; i++) put(`Anime/夏 "x"/it's ${i} 🌄.jpg`, IMAGE);
    put('Anime/夏 "x"/it\'s 0 🌄.jpg.xmp', '<x:xmpmeta/>');
    put('manifest_20260101_000000.json', '{}');
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  function put(place: string, content: string | Buffer): void {
    const path = join(workspace.sorted, place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const onNas = () => filesBelow(workspace.nas).filter((file) => !file.startsWith('.image-inbox'));
  const images = () => filesBelow(workspace.sorted).filter((file) => !file.startsWith('manifest_'));

  for (const engine of ['auto', 'rsync', 'rclone']) {
    it(`brings the sorted folder to the NAS once, images and sidecars and nothing else (${engine})`, async () => {
      const args = ['sync', '--set', `sync.engine=${engine}`];
      const first = await workspace.run(args);
      assert.equal(first.code, 0, first.stderr);
      assert.match(first.stdout, /^Synced: 7 copied, 0 updated, 0 unchanged; /);
      assert.deepEqual(filesBelow(workspace.nas), images());
      for (const file of images()) {
        assert.ok(readFileSync(join(workspace.nas, file)).equals(readFileSync(join(workspace.sorted, file))), file);
      }
      const again = await workspace.run(args);
      assert.equal(again.stdout, 'Synced: 0 copied, 0 updated, 7 unchanged.\n', again.stderr);
    });
  }

  it('reaches a remote of rclone by its name, with the user’s own arguments', async () => {
    const config = join(workspace.dir, 'rclone "config" 夏.conf');
    writeFileSync(config, `[home]\ntype = alias\nremote = ${workspace.nas}\n`);
    const options = `sync.options=${JSON.stringify(['--config', config])}`;
    const { code, stdout, stderr } = await workspace.run(['sync', '--nas', 'home:', '--set', options]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /7 copied/);
    assert.deepEqual(filesBelow(workspace.nas), images());
  });

  it('brings what a run has left out, once it is no longer excluded; the run does not count it as synced', async () => {
    copyFileSync(join(ROOT, 'test/samples/inbox/blink.gif'), join(workspace.inbox, 'blink.gif'));
    const run = await workspace.run(['process', '--approve', 'all', '--set', 'sync.exclude=["BLINK.gif"]']);
    assert.equal(run.code, 0, run.stderr);
    const { statistics, images: told } = workspace.manifest();
    assert.equal(statistics['processed'], 1);
    assert.equal(statistics['synced'], 0);
    assert.equal(told[0]?.stages['sync']?.status, 'skipped');
    assert.match(told[0].stages['sync'].why ?? '', /sync\.exclude/);
    assert.equal(told[0].stages['sync']['destination'], undefined);
    assert.deepEqual(onNas(), []);
    const { code, stderr } = await workspace.run(['sync']);
    assert.equal(code, 0, stderr);
    assert.ok(onNas().some((file) => file.endsWith('blink.gif')));
  });

  it('tells in a dry run what it would do, and touches nothing', async () => {
    const { code, stdout } = await workspace.run(['sync', '--dry-run']);
    assert.equal(code, 0);
    assert.match(stdout, /^copied {2}Anime\/夏 "x"\/it's 0 🌄\.jpg$/m);
    assert.match(stdout, /Nothing was touched; it would be: 7 copied/);
    assert.deepEqual(filesBelow(workspace.nas), []);
  });

  it('tells everything in events, a JSON object a line', async () => {
    const { code, stdout } = await workspace.run(['sync', '--json']);
    assert.equal(code, 0);
    const events = eventsOf(stdout);
    assert.equal(events[0]?.event, 'run-started');
    assert.equal(events.filter(({ event, status }) => event === 'file' && status === 'copied').length, 7);
    const progress = events.filter(({ event }) => event === 'stage-progress').at(-1);
    assert.deepEqual([progress?.['stage'], progress?.['done'], progress?.['total']], ['sync', 7, 7]);
    const end = events.at(-1);
    assert.deepEqual([end?.event, end?.['outcome'], end?.['exitCode']], ['run-ended', 'completed', 0]);
    assert.equal((end?.['statistics'] as { copied: number }).copied, 7);
  });

  it('is stopped by Ctrl+C in the middle of copying, says so, and goes on the next time', async () => {
    for (let i = 0; i < 400; i++) put(`Many/${i}.jpg`, Buffer.concat([IMAGE, Buffer.alloc(200_000, i)]));
    const { child, ended } = workspace.start(['sync', '--json']);
    child.stdout?.on('data', (text: string) => text.includes('"sync-planned"') && child.kill('SIGINT'));
    const { code, stderr } = await ended;
    assert.equal(code, 3, stderr);
    assert.doesNotMatch(stderr, /^ {4}at /m);
    const { code: next, stdout } = await workspace.run(['sync']);
    assert.equal(next, 0);
    assert.match(stdout, /, 0 updated, /);
    assert.deepEqual(filesBelow(workspace.nas), images());
  });

  it('leaves what was changed on the NAS, says which it is, and ends with 1', async () => {
    await workspace.run(['sync']);
    const changed = onNas().find((file) => file.endsWith('.jpg'))!;
    writeFileSync(join(workspace.nas, changed), 'edited there');
    const { code, stdout, stderr } = await workspace.run(['sync']);
    assert.equal(code, 1);
    assert.ok(stderr.includes(`left    ${changed}: it was changed on the NAS`), stderr);
    assert.match(stdout, /1 left alone/);
    assert.equal(readFileSync(join(workspace.nas, changed), 'utf8'), 'edited there');
  });

  it('ends with 5 when the NAS is not there, and with 2 when none is set or nothing reaches it', async () => {
    rmSync(workspace.nas, { recursive: true });
    const away = await workspace.run(['sync']);
    assert.equal(away.code, 5);
    assert.match(away.stderr, /the NAS can't be reached: .*NAS/);
    assert.deepEqual(readdirSync(workspace.dir).includes('NAS'), false);
    const none = await workspace.run(['sync', '--nas', '']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /imageInbox\.directories\.nas/);
    const wrong = await workspace.run(['sync', '--nas', 'nas:photos', '--set', 'sync.engine=builtin']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /imageInbox\.sync\.engine: builtin needs a folder, and nas:photos is none/);
  });

  describe('that mirrors removals', () => {
    const gone = `Anime/夏 "x"/it's 3 🌄.jpg`;
    const args = ['sync', '--set', 'sync.delete=true'];
    beforeEach(async () => {
      await workspace.run(args);
      rmSync(join(workspace.sorted, gone));
    });

    it('removes nothing where there is nobody to ask, and shows it in a dry run', async () => {
      const { code, stdout, stderr } = await workspace.run(args);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /Left on the NAS, since there is nobody to ask: 1 file \(55\.5 kB\), gone here/);
      assert.match(stdout, /0 copied, 0 updated, 6 unchanged\.$/m);
      assert.ok(onNas().includes(gone));
      const dry = await workspace.run([...args, '--dry-run']);
      assert.ok(dry.stdout.includes(`removed ${gone}\n`), dry.stdout);
      const [event] = eventsOf((await workspace.run([...args, '--json'])).stdout).filter(
        (e) => e.event === 'deletion-planned',
      );
      assert.deepEqual(event?.['places'], [gone]);
      assert.ok(onNas().includes(gone));
    });

    /** In a terminal of its own: `script` makes one. */
    const inTerminal = (answer: string) => {
      const quoted = [process.execPath, join(ROOT, 'dist/cli.js'), ...args, '--workspace', workspace.dir]
        .map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`)
        .join(' ');
      return spawnSync('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
        input: answer,
        encoding: 'utf8',
        timeout: 120_000,
      });
    };

    it('asks in a terminal, and moves what is gone here into the trash of the NAS', async () => {
      const no = inTerminal('n\n');
      assert.equal(no.status, 0, no.stdout);
      assert.ok(no.stdout.includes(gone), no.stdout);
      assert.ok(onNas().includes(gone));
      const yes = inTerminal('y\n');
      assert.equal(yes.status, 0, yes.stdout);
      assert.match(yes.stdout, /1 removed/);
      assert.ok(!onNas().includes(gone));
      const [kept] = filesBelow(join(workspace.nas, '.image-inbox-trash'));
      assert.ok(kept?.endsWith(gone), kept);
    });

    it('refuses to remove from a sorted folder that was emptied, and ends with 1', async () => {
      renameSync(join(workspace.sorted, 'Anime'), join(workspace.dir, 'elsewhere'));
      const { code, stderr } = await workspace.run(args);
      assert.equal(code, 1);
      assert.match(stderr, /Nothing was removed from the NAS: the sorted folder is empty/);
      assert.equal(onNas().length, 7);
    });
  });
});
