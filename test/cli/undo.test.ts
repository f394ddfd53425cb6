import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { filesBelow, Workspace } from './commandLine.ts';
import { jsonEvents } from './jsonEvents.ts';

/** Every file of inbox and sorted folder with its bytes, reports left out. */
function tree(workspace: Workspace): Readonly<Record<string, string>> {
  const files = [workspace.inbox, workspace.sorted].flatMap((folder) =>
    filesBelow(folder)
      .filter((file) => !/^(manifest|errors)_/.test(file))
      .map((file) => join(folder, file)),
  );
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'base64')]));
}

describe('image-inbox undo', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ settings: { 'imageInbox.search.providers': ['danbooru-md5'] } });
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  for (const transfer of ['--move', '--copy']) {
    it(`gives the first tree back, byte for byte, sidecars of others too (${transfer})`, async () => {
      const [image] = filesBelow(workspace.inbox).filter((file) => file.endsWith('.webp'));
      writeFileSync(
        join(workspace.inbox, `${image}.xmp`),
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>',
      );
      const before = tree(workspace);
      await workspace.run(['process', '--approve', 'all', '--reprocess', transfer]);
      assert.notDeepEqual(tree(workspace), before);

      const dry = await workspace.run(['undo', '--dry-run']);
      assert.equal(dry.code, 0, dry.stderr);
      assert.match(dry.stdout, /Nothing was touched/);
      assert.notDeepEqual(tree(workspace), before);

      const { code, stdout, stderr } = await workspace.run(['undo']);
      assert.equal(code, 0, stdout + stderr);
      assert.deepEqual(tree(workspace), before);
      assert.deepEqual(
        readdirSync(workspace.sorted).filter((name) => !/^(manifest|errors)_/.test(name)),
        [],
        'folders that the run made',
      );
      // what was undone is there to be sorted again
      const again = await workspace.run(['process', '--approve', 'all', '--reprocess']);
      assert.equal(again.code, 1, again.stderr);
      assert.ok((workspace.manifest().statistics['processed'] ?? 0) > 5);
    });
  }

  it('leaves alone and lists what was changed since, says so by its exit code, and puts back one image when asked', async () => {
    await workspace.run(['process', '--approve', 'all']);
    const sorted = workspace.manifest().images.flatMap(({ destination }) => destination ?? []);
    const [changed, moved, one] = sorted;
    assert.ok(changed && moved && one);
    appendFileSync(changed, 'x');
    renameSync(moved, join(workspace.sorted, 'elsewhere.png'));

    const alone = await workspace.run(['undo', '--only', one, '--json']);
    assert.equal(alone.code, 0, alone.stderr);
    const events = jsonEvents('undo', alone.stdout);
    assert.deepEqual(events.map(({ event, status }) => [event, status]), [['image', 'undone'], ['run-ended', undefined]]); // prettier-ignore
    assert.ok(filesBelow(workspace.inbox).some((file) => basename(file) === basename(one)));

    const dry = await workspace.run(['undo', '--dry-run', '--json']);
    assert.equal(dry.code, 1);
    const told = jsonEvents('undo', dry.stdout);
    assert.equal(told.filter(({ status }) => status === 'left').length, 2);
    assert.deepEqual([told.at(-1)?.['outcome'], told.at(-1)?.['exitCode']], ['dry-run', 1]);

    const { code, stdout } = await workspace.run(['undo']);
    assert.equal(code, 1);
    assert.match(stdout, /was changed since/);
    assert.match(stdout, /is no longer where the run put it/);
    assert.ok(readFileSync(changed).toString().endsWith('x'));
  });

  it('tells which images it refuses, and why, to scripts too', async () => {
    await workspace.run(['process', '--offline', '--skip', 'analyze,sync']);
    const path = join(workspace.dir, 'strange.json');
    const manifest = workspace.manifest();
    const strange = manifest.images.find(({ destination }) => destination !== undefined);
    assert.ok(strange);
    writeFileSync(path, JSON.stringify(manifest).replaceAll(JSON.stringify(strange.destination), '"/etc/passwd"'));
    for (const options of [['--dry-run'], []]) {
      const { code, stdout } = await workspace.run(['undo', path, '--json', ...options]);
      assert.equal(code, 1);
      const warnings = jsonEvents('undo', stdout).filter(({ event }) => event === 'warning');
      assert.equal(warnings.length, 1, stdout);
      assert.match(String(warnings[0]?.['message']), /^refused .*: \/etc\/passwd is not in a folder of the run$/);
      assert.ok(String(warnings[0]?.['message']).includes(strange.source));
    }
  });

  it('puts back one image whichever run has moved it', async () => {
    const quick = ['--offline', '--skip', 'analyze,sync'];
    await workspace.run(['process', join(workspace.inbox, 'camera'), ...quick]);
    const [first] = workspace.manifest().images;
    await workspace.run(['process', ...quick]);
    const second = workspace.manifest().images.find(({ destination }) => destination !== undefined);
    assert.ok(first?.destination !== undefined && second?.destination !== undefined);

    const paths = ['--only', first.destination, '--only', second.source];
    const { code, stdout } = await workspace.run(['undo', ...paths]);
    assert.equal(code, 0, stdout);
    for (const { source } of [first, second]) assert.ok(existsSync(source), source);
    const none = await workspace.run(['undo', '--only', join(workspace.inbox, 'nothing.jpg')]);
    assert.deepEqual([none.code, none.stdout], [0, 'No run has moved what is named.\n']);
  });

  it('refuses what is no manifest, and has nothing to do where there was no run', async () => {
    const none = await workspace.run(['undo']);
    assert.deepEqual([none.code, none.stdout], [0, 'There is no run to undo.\n']);
    assert.equal((await workspace.run(['undo', 'nowhere.json'])).code, 2);
    writeFileSync(join(workspace.dir, 'no manifest.json'), '{"version": 1}');
    const { code, stderr } = await workspace.run(['undo', join(workspace.dir, 'no manifest.json')]);
    assert.equal(code, 2);
    assert.match(stderr, /no manifest that can be undone/);
  });

  it('after a run that was killed at any time and resumed, still gives the first tree back', async () => {
    const before = tree(workspace);
    for (const wait of [700, 1100, 1500, 2100]) {
      const { child, ended } = workspace.start(['process', '--approve', 'all']);
      await setTimeout(wait);
      child.kill('SIGKILL');
      await ended;
    }
    await workspace.run(['resume', '--approve', 'all']);
    await workspace.run(['process', '--approve', 'all']);
    const manifests = readdirSync(workspace.sorted).filter((name) => name.startsWith('manifest_')).sort().reverse(); // prettier-ignore
    for (const name of manifests) {
      const { stdout, stderr, code } = await workspace.run(['undo', join(workspace.sorted, name)]);
      assert.ok(code === 0 || code === 1, stdout + stderr);
    }
    assert.deepEqual(tree(workspace), before);
  });

  it('is finished by the next one when it is killed', async () => {
    const before = tree(workspace);
    await workspace.run(['process', '--approve', 'all']);
    for (const wait of [150, 250, 300, 350, 400]) {
      const { child, ended } = workspace.start(['undo']);
      await setTimeout(wait);
      child.kill('SIGKILL');
      await ended;
    }
    const { code, stdout, stderr } = await workspace.run(['undo']);
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(tree(workspace), before);
  });
});
