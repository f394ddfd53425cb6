import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assertAddsUp, CLI, contents, filesBelow, ROOT, Workspace } from './commandLine.ts';
import { jsonEvents } from './jsonEvents.ts';

describe('image-inbox', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
    // a few are enough here
    for (const dir of ['camera', 'scans']) rmSync(join(workspace.inbox, dir), { recursive: true });
    rmSync(join(workspace.inbox, 'downloads/broken download.png'));
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  it('parks what needs a person, and takes it up when the tags are approved', async () => {
    const parked = await workspace.run(['process']);
    assert.equal(parked.code, 0, parked.stderr);
    const first = workspace.manifest();
    assertAddsUp(first);
    assert.ok((first.statistics['awaitingReview'] ?? 0) >= 4);
    assert.match(parked.stdout, /wait for a person/);
    const requests = workspace.services.danbooru.requests.length;

    const status = JSON.parse((await workspace.run(['status', '--json'])).stdout) as { images: { fate: string }[] };
    assert.equal(status.images.filter((i) => i.fate === 'awaiting-review').length, first.statistics['awaitingReview']);

    const resumed = await workspace.run(['resume', '--approve', 'all']);
    assert.equal(resumed.code, 0, resumed.stderr);
    const second = workspace.manifest();
    assertAddsUp(second);
    assert.equal(second.statistics['processed'], first.statistics['awaitingReview']);
    assert.equal(second.statistics['awaitingReview'], 0);
    assert.equal(workspace.services.danbooru.requests.length, requests, 'nothing is asked again');
    assert.match((await workspace.run(['resume'])).stdout, /Nothing is unfinished/);
  });

  it('approves by itself only what reaches the threshold', async () => {
    // a crop of a picture that only SauceNAO knows: the match is good, but not perfect
    const { default: sharp } = await import('sharp');
    const linnea = join(workspace.inbox, 'downloads/linnea_moon_p0.jpg');
    const { width, height } = await sharp(linnea).metadata();
    const cut = Math.round(width * 0.03);
    const crop = sharp(linnea).extract({ left: cut, top: cut, width: width - 2 * cut, height: height - 2 * cut });
    await crop.toFile(join(workspace.inbox, 'linnea cropped.png'));
    await workspace.run(['process', '--approve', 'high-confidence', '--set', 'review.threshold=1']);
    const { images } = workspace.manifest();
    for (const { stages } of images) {
      if (stages['search']?.['verdict'] !== 'found') continue;
      const exact = stages['search']['similarity'] === 100;
      assert.equal(stages['review']?.status, exact ? 'done' : 'waiting');
    }
    assert.equal(images.find((i) => i.source.endsWith('linnea cropped.png'))?.stages['review']?.status, 'waiting');
    assert.ok(images.some((i) => i.stages['review']?.['decision'] === 'automatic'));
  });

  it('works with no network at all, and asks nobody', async () => {
    const { code } = await workspace.run(['process', '--offline']);
    assert.equal(code, 0);
    const { saucenao, iqdb, danbooru } = workspace.services;
    assert.equal(saucenao.requests.length + iqdb.requests.length + danbooru.requests.length, 0);
    const manifest = workspace.manifest();
    assert.equal(manifest.statistics['contentAnalyzed'], manifest.statistics['processed']);
    for (const { stages } of manifest.images) {
      if (stages['scan']?.status === 'done') assert.equal(stages['search']?.why, 'offline');
    }
  });

  it('copies instead of moving, with sidecars beside both', async () => {
    const before = contents(workspace.inbox);
    await workspace.run(['process', '--offline', '--copy']);
    for (const image of workspace.manifest().images) {
      if (image.destination === undefined) continue;
      for (const path of [image.source, `${image.source}.xmp`, image.destination, `${image.destination}.xmp`])
        assert.ok(existsSync(path), path);
    }
    assert.deepEqual(contents(workspace.inbox), before);
    const again = await workspace.run(['process', '--offline', '--copy']);
    assert.equal(again.code, 0);
    assert.equal(workspace.manifest().statistics['processed'], 0);
  });

  it('stops after the stage that it is told to, and goes on from there', async () => {
    await workspace.run(['process', '--offline', '--to', 'xmp']);
    assert.ok(workspace.manifest().images.every((i) => i.destination === undefined));
    assert.ok(filesBelow(workspace.inbox).some((f) => f.endsWith('.xmp')));
    await workspace.run(['process', '--offline', '--from', 'analyze']);
    const { images, statistics } = workspace.manifest();
    assert.ok((statistics['processed'] ?? 0) > 0);
    for (const image of images.filter((i) => i.stages['scan']?.status === 'done'))
      assert.ok(existsSync(image.destination!), image.source);
  });

  it('leaves out the stages that it is told to', async () => {
    await workspace.run(['process', '--offline', '--skip', 'analyze,sync']);
    for (const { stages } of workspace.manifest().images) {
      if (stages['scan']?.status !== 'done') continue;
      assert.equal(stages['analyze']?.status, 'skipped');
      assert.equal(stages['sync']?.status, 'skipped');
    }
    assert.deepEqual(filesBelow(workspace.nas), []);
  });

  it('leaves out all stages that it is told to one by one', async () => {
    const { code } = await workspace.run(['process', '--offline', '--skip', 'analyze', '--skip', 'sync']);
    assert.equal(code, 0);
    for (const { stages } of workspace.manifest().images) {
      if (stages['scan']?.status === 'done')
        assert.deepEqual([stages['analyze']?.status, stages['sync']?.status], ['skipped', 'skipped']);
    }
    assert.deepEqual(filesBelow(workspace.nas), []);
  });

  it('writes one JSON event a line with --json, and nothing else to stdout', async () => {
    const { stdout } = await workspace.run(['process', '--json']);
    const events = jsonEvents('run', stdout);
    assert.equal(events[0]?.event, 'run-started');
    assert.equal(events.at(-1)?.event, 'run-ended');
    assert.equal(events.at(-1)?.['exitCode'], 0);
    for (const kind of ['image', 'parked', 'stage-progress']) {
      assert.ok(events.some(({ event }) => event === kind), kind); // prettier-ignore
    }

    const { stdout: failed } = await workspace.run(['process', 'nowhere', '--json']);
    const last = jsonEvents('run', failed).at(-1);
    assert.deepEqual([last?.['outcome'], last?.['exitCode']], ['failed', 5]);
    assert.throws(() => jsonEvents('run', '{"event":"image","source":"/a","status":"lost"}'));
  });

  it('is not stopped by a reader that goes away', async () => {
    const { child, ended } = workspace.start(['process', '--offline', '--json']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
  });

  it('ends well when only its first line is wanted', async () => {
    const line = `"$1" "$2" process --offline --json --workspace "$3" | head -1`;
    const { stdout } = await promisify(execFile)('sh', ['-c', line, 'sh', process.execPath, CLI, workspace.dir]);
    assert.equal(jsonEvents('run', stdout)[0]?.event, 'run-started');
    // it goes on where nobody reads: what it does is worth more than what it says
    assert.equal(workspace.manifest().outcome, 'completed');
  });

  it('goes on to its end also where nobody reads any more what it says on stderr', async () => {
    const line = `"$1" "$2" process --offline --verbose --workspace "$3" 2>&1 | head -1`;
    await promisify(execFile)('sh', ['-c', line, 'sh', process.execPath, CLI, workspace.dir]);
    assert.equal(workspace.manifest().outcome, 'completed');
  });

  it('has no more images under way at once than it is told', async () => {
    // a search lets an image go and others come first
    const { code, stderr } = await workspace.run(['process', '--offline', '--skip', 'analyze', '--batch-size', '1']);
    assert.equal(code, 0, stderr);
    const [journal] = filesBelow(join(workspace.dir, '.image-inbox/journal')).filter((f) => f.endsWith('.ndjson'));
    const events = readFileSync(join(workspace.dir, '.image-inbox/journal', journal ?? ''), 'utf8')
      .trimEnd()
      .split('\n');
    const underWay = new Set<string>();
    let most = 0;
    for (const line of events) {
      const { kind, image } = JSON.parse(line) as { kind: string; image: string };
      if (kind === 'stage-ended') underWay.add(image);
      if (kind === 'image-settled') underWay.delete(image);
      most = Math.max(most, underWay.size);
    }
    assert.equal(most, 1);
  });

  it('says as much as is wanted: warnings and the result alone, or where each image went', async () => {
    const quiet = await workspace.run(['process', '--to', 'search', '--quiet']);
    assert.doesNotMatch(quiet.stderr, /^Search: /m);
    assert.match(quiet.stdout, /^Done\.$/m);
    const verbose = await workspace.run(['process', '--approve', 'all', '--verbose']);
    for (const { source, destination } of workspace.manifest().images) {
      if (destination !== undefined)
        assert.ok(verbose.stderr.includes(`processed ${source} -> ${destination}`), source);
    }
  });

  it('tells its version, and of each command what it takes', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await runAlone(['--version']), { stdout: `${version}\n`, stderr: '' });
    const { stdout } = await runAlone(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*\S$/gm)].map(([, name]) => name ?? '');
    for (const name of ['process', 'resume', 'review', 'sync', 'status', 'undo', 'preferences', 'doctor', 'setup', 'watch']) {
      assert.ok(commands.includes(name), name);
      const help = await runAlone([name, '--help']);
      assert.match(help.stdout, new RegExp(`^Usage: image-inbox ${name} `));
      assert.equal(help.stderr, '');
    }
    for (const asked of [['help'], ['help', 'process'], ['preferences', 'help']]) {
      const help = await runAlone(asked);
      assert.match(help.stdout, /^Usage: image-inbox /);
      assert.equal(help.stderr, '');
    }
    const missing = await runAlone(['preferences']).catch((error: unknown) => error as { code: number; stderr: string });
    assert.equal('code' in missing && missing.code, 2);
    assert.match(missing.stderr, /^Usage: image-inbox preferences [^]*\n {2}import [^]*\nA command is missing/);
  }); // prettier-ignore

  it('never overwrites: another picture of the same name gets a name of its own', async () => {
    await workspace.run(['process', '--offline']);
    const first = contents(workspace.sorted);
    const before = contents(workspace.sorted, workspace.inbox);
    const [image] = workspace.manifest().images.filter((i) => i.destination !== undefined && i.source.endsWith('.png'));
    assert.ok(image?.destination);
    // other bytes under the name that is taken now
    const { default: sharp } = await import('sharp');
    const bytes = await sharp(image.destination).negate().png().toBuffer();
    writeFileSync(image.source, bytes);
    await workspace.run(['process', '--offline', '--set', 'categories=[{"category":"' + image.category! + '"}]']);
    const second = workspace.manifest().images.find((i) => i.source === image.source);
    assert.match(second?.destination ?? '', / \(2\)\.png$/);
    assert.ok(existsSync(`${second!.destination}.xmp`));
    for (const [hash, n] of first) assert.equal(contents(workspace.sorted).get(hash), n);
    assert.equal(contents(workspace.sorted, workspace.inbox).size, before.size + 1);
  });

  describe('exit codes', () => {
    it('2 for bad usage and bad settings, saying what is allowed', async () => {
      for (const [args, message] of [
        [['process', '--from', 'nowhere'], /none of scan, search/],
        [
          ['process', '--set', 'review.threshold=7'],
          /imageInbox\.review\.threshold is 7, but must be a number from 0 to 1/,
        ],
        [['process', '--set', 'nonsense=1'], /There is no setting "imageInbox\.nonsense"/],
        [['frobnicate'], /unknown command/],
        [['process', ''], /name of the folder is empty/],
        [['undo', '--only', ''], /name of the image or folder is empty/],
        [['undo', '.'], /is no file/],
        [['process', '--from', 'sync', '--to', 'search'], /comes before it/],
      ] as const) {
        const { code, stderr } = await workspace.run(args);
        assert.equal(code, 2, args.join(' '));
        assert.match(stderr, message);
      }
    });

    it('4 when another run holds the lock, saying who', async () => {
      // the first run hangs at a service that does not answer
      workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
      const { child, ended } = workspace.start(['process']);
      while (workspace.services.danbooru.requests.length === 0) await new Promise((r) => setTimeout(r, 50));
      const second = await workspace.run(['process']);
      child.kill('SIGKILL');
      await ended;
      assert.equal(second.code, 4, second.stderr);
      assert.match(second.stderr, new RegExp(String(child.pid)));
    });

    it('5 when nothing can be done: the inbox is not there', async () => {
      const { code, stderr } = await workspace.run(['process', join(workspace.dir, 'not there')]);
      assert.equal(code, 5);
      assert.match(stderr, /not there/);
    });

    it('5 when the working folder can’t be written', async () => {
      writeFileSync(join(workspace.dir, 'a file'), '');
      const { code, stderr } = await workspace.run(['process', '--working', join(workspace.dir, 'a file/working')]);
      assert.equal(code, 5);
      assert.match(stderr, /a file/);
    });

    it('0 when there is nothing to do', async () => {
      const empty = join(workspace.dir, 'empty');
      mkdirSync(empty);
      assert.equal((await workspace.run(['process', empty])).code, 0);
    });
  });
});

/** The program with these arguments alone, which must end with 0. */
function runAlone(args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, [CLI, ...args]);
}
