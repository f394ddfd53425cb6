import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sampleDanbooruAccount } from '../services/danbooru.ts';
import { sampleInbox } from '../services/samplePosts.ts';
import { filesBelow, KEY, ROOT, Workspace, type Ended } from './commandLine.ts';

interface Finding {
  readonly status: string;
  readonly title: string;
  readonly detail: string;
  readonly whatToDo?: string;
}
interface Checkup {
  readonly problems: number;
  readonly warnings: number;
  readonly checks: readonly { readonly id: string; readonly findings: readonly Finding[] }[];
}

const LOGIN = { DANBOORU_LOGIN: sampleDanbooruAccount.login, DANBOORU_API_KEY: sampleDanbooruAccount.apiKey };

describe('image-inbox doctor', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false });
    // a NAS that something is on
    writeFileSync(join(workspace.nas, 'there'), '');
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const examine = async (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
    const { code, stdout, stderr } = await workspace.run(['doctor', '--json', ...args], env);
    const checkup = JSON.parse(stdout) as Checkup;
    const of = (id: string): readonly Finding[] => checkup.checks.find((check) => check.id === id)?.findings ?? [];
    const bad = (id: string): readonly Finding[] => of(id).filter(({ status }) => status !== 'ok');
    return { code, stderr, checkup, of, bad };
  };

  it('finds a good setup in order, changes nothing in it, and spends no search', async () => {
    const before = filesBelow(workspace.dir);
    const { code, checkup, of } = await examine([], LOGIN);
    assert.deepEqual(
      checkup.checks.flatMap(({ findings }) => findings.filter(({ status }) => status !== 'ok')),
      [],
    );
    assert.equal(code, 0);
    assert.deepEqual(filesBelow(workspace.dir), before);
    for (const id of ['settings', 'program', 'exiftool', 'models', 'folders', 'space', 'sync', 'keys', 'services']) {
      assert.ok(of(id).length > 0, id);
    }
    for (const id of ['clock', 'lock', 'journal', 'database']) assert.ok(of(id).length > 0, id);
    const { saucenao, iqdb } = workspace.services;
    assert.deepEqual([...saucenao.counts.keys()], ['need-an-image']);
    assert.ok(iqdb.requests.every(({ files }) => files.length === 0));
    for (const { query } of iqdb.requests) assert.equal(query.size, 0);
  });

  it('prints a list for people, without colour where it is no terminal, and only trouble with --quiet', async () => {
    // CI and FORCE_COLOR are what makes colour libraries colour pipes
    const { stdout, code } = await workspace.run(['doctor'], { ...LOGIN, CI: 'true', FORCE_COLOR: '1' });
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}✓ Node: \d+\./m);
    assert.match(stdout, /^ {2}✓ ExifTool: \d+\.\d+/m);
    assert.match(stdout, /Everything is in order\.\n$/);
    assert.ok(!stdout.includes('\u001b'));
    assert.equal((await workspace.run(['doctor', '--quiet'], LOGIN)).stdout, 'Everything is in order.\n');
  });

  it('shows the key and the login to their services alone, and to nobody else', async () => {
    const { stdout, stderr } = await workspace.run(['doctor', '--verbose'], LOGIN);
    for (const secret of [KEY, LOGIN.DANBOORU_API_KEY]) assert.ok(!(stdout + stderr).includes(secret));
    const { saucenao, iqdb, danbooru } = workspace.services;
    for (const { query, headers } of [...iqdb.requests, ...danbooru.requests]) {
      assert.ok(!`${query.toString()}${JSON.stringify(headers)}`.includes(KEY));
    }
    assert.ok(saucenao.requests.every(({ headers }) => headers.authorization === undefined));
  });

  it('fails for a refused key, saying both causes, and warns of a missing login', async () => {
    const { code, of, checkup } = await examine([], { SAUCENAO_API_KEY: 'unknownKey0000' });
    assert.equal(code, 1);
    const [saucenao, danbooru] = of('keys');
    assert.equal(saucenao?.status, 'problem');
    assert.match(saucenao.detail, /none at all.*mistyped/);
    assert.equal(danbooru?.status, 'warning');
    assert.equal(checkup.problems, 1);
    const none = await examine([], { SAUCENAO_API_KEY: '' });
    assert.equal(none.code, 0, 'a run can do without');
    assert.equal(none.of('keys')[0]?.status, 'warning');
  });

  it('takes keys with what a shell or a file of Windows leaves behind them', async () => {
    const env = {
      SAUCENAO_API_KEY: `${KEY} `,
      DANBOORU_LOGIN: `${LOGIN.DANBOORU_LOGIN}\r`,
      DANBOORU_API_KEY: `${LOGIN.DANBOORU_API_KEY}\r`,
    };
    const { of } = await examine([], env);
    assert.deepEqual(
      of('keys').map(({ status }) => status),
      ['ok', 'ok'],
    );
    assert.equal((await examine([], { SAUCENAO_API_KEY: ' ' })).of('keys')[0]?.status, 'warning');
  });

  it('asks nobody with --offline', async () => {
    const { code, of } = await examine(['--offline']);
    assert.equal(code, 0);
    assert.deepEqual([of('keys')[0]?.status, of('services')[0]?.status], ['unknown', 'unknown']);
    const { saucenao, iqdb, danbooru } = workspace.services;
    assert.equal(saucenao.requests.length + iqdb.requests.length + danbooru.requests.length, 0);
  });

  it('only warns of services that are away or blocked', async () => {
    workspace.services.iqdb.setFaults([{ fault: { kind: 'cloudflare' } }]);
    await workspace.services.danbooru.close();
    const { code, bad } = await examine();
    assert.equal(code, 0);
    assert.deepEqual(
      bad('services').map(({ status, title }) => `${status} ${title}`),
      ['warning Danbooru', 'warning IQDB'],
    );
    // closed already
    await workspace.services.danbooru.start();
  });

  it('says how to install Perl where there is none', async () => {
    const { code, of, bad } = await examine(['--offline'], { PATH: join(workspace.dir, 'no programs') });
    assert.equal(code, 1);
    assert.match(of('exiftool')[0]?.detail ?? '', /no Perl on the PATH/);
    assert.match(of('exiftool')[0]?.whatToDo ?? '', /apt install perl.*Synology/);
    assert.equal(bad('models').length, 0);
  });

  it('works without an inbox, and on settings that no run would take, naming each', async () => {
    rmSync(workspace.inbox, { recursive: true });
    workspace.set({
      'imageInbox.review.threshold': 7,
      'imageInbox.review.treshold': 0.5,
      'imageInbox.directories.nas': '${workspaceFolder}/Sorted/nas',
    });
    const { code, bad } = await examine(['--offline']);
    assert.equal(code, 1);
    assert.deepEqual(
      bad('settings').map(({ status, detail }) => `${status} ${detail}`),
      [
        'problem imageInbox.review.threshold is 7, but must be a number from 0 to 1.',
        'warning There is no setting imageInbox.review.treshold: it has no effect.',
      ],
    );
    const folders = bad('folders').map(({ detail }) => detail);
    assert.ok(folders.some((detail) => detail === `${workspace.inbox} is not there.`));
    assert.ok(folders.some((detail) => /NAS folder .* must not be one in the other/.test(detail)));
    writeFileSync(join(workspace.dir, '.vscode/settings.json'), '{ "imageInbox.review.threshold": ');
    assert.match((await examine(['--offline'])).bad('settings')[0]?.detail ?? '', /settings\.json is not JSON/);
  });

  it('finds folders that are files, missing, or the same by a link', async () => {
    writeFileSync(join(workspace.dir, 'a file'), '');
    symlinkSync(workspace.inbox, join(workspace.dir, 'by a link'));
    const args = ['--sorted', join(workspace.dir, 'by a link'), '--working', join(workspace.dir, 'a file/below')];
    const { code, bad } = await examine([...args, '--nas', join(workspace.dir, 'not mounted'), '--offline']);
    assert.equal(code, 1);
    const details = bad('folders').map(({ detail }) => detail);
    for (const expected of [/a file\/below is a file/, /not mounted is not there/, /are the same folder/]) {
      assert.ok(
        details.some((detail) => expected.test(detail)),
        String(expected),
      );
    }
  });

  it('finds folders that may not be written to', async () => {
    mkdirSync(workspace.sorted, { mode: 0o555 });
    const { stdout } = await withoutPrivilege(workspace, ['doctor', '--json', '--offline']);
    const folders = (JSON.parse(stdout) as Checkup).checks.find(({ id }) => id === 'folders')?.findings ?? [];
    assert.match(folders.find(({ title }) => title === 'Sorted folder')?.detail ?? '', /no permission \(EACCES\)/);
  });

  it('warns of a program for the sync that is not there', async () => {
    const nowhere = { PATH: workspace.dir };
    const missing = await examine(['--offline', '--set', 'sync.engine=rclone'], nowhere);
    assert.equal(missing.code, 1);
    assert.match(missing.bad('sync')[0]?.detail ?? '', /no program of that name/);
    const remote = await examine(['--offline', '--nas', 'nas:photos'], nowhere);
    assert.match(remote.bad('sync')[0]?.detail ?? '', /rclone is to sync, but there is no program/);
    const wrong = await examine(['--offline', '--nas', 'nas:photos', '--set', 'sync.engine=builtin']);
    assert.match(wrong.bad('sync')[0]?.detail ?? '', /builtin needs a folder/);
  });

  describe('after a run', () => {
    beforeEach(() => copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), join(workspace.inbox, 'cat 夏.jpg')));

    const journal = (): string => {
      const folder = join(workspace.dir, '.image-inbox/journal');
      return join(folder, readdirSync(folder).sort().at(-1) ?? '');
    };

    it('finds journal and database whole', async () => {
      await workspace.run(['process', '--offline']);
      const { code, of } = await examine(['--offline']);
      assert.equal(code, 0);
      assert.match(of('journal')[0]?.detail ?? '', /000001\.ndjson is whole \(\d.* [kM]?B\)/);
      assert.match(of('journal')[1]?.detail ?? '', /completed/);
      assert.match(of('database')[0]?.detail ?? '', /1 sorted files/);
    });

    it('finds a journal that is broken in its middle, and says where', async () => {
      await workspace.run(['process', '--offline']);
      const lines = readFileSync(journal(), 'utf8').split('\n');
      lines[1] = lines[1]!.replace('a', 'b');
      writeFileSync(journal(), lines.join('\n'));
      const { code, bad } = await examine(['--offline']);
      assert.equal(code, 1);
      assert.equal(bad('journal')[0]?.status, 'problem');
      assert.match(bad('journal')[0]?.detail ?? '', /damaged at line 2 /);
    });

    it('finds a line that was cut off at its end, which harms nothing', async () => {
      await workspace.run(['process', '--offline']);
      appendFileSync(journal(), '{"kind":"image-fo');
      const before = readFileSync(journal());
      const { code, bad } = await examine(['--offline']);
      assert.equal(code, 0);
      assert.match(bad('journal')[0]?.detail ?? '', /cut off \(17 bytes\)/);
      assert.deepEqual(readFileSync(journal()), before);
    });

    it('finds a damaged database, and leaves it as it is', async () => {
      await workspace.run(['process', '--offline']);
      const file = join(workspace.dir, '.image-inbox/image-inbox.db');
      writeFileSync(file, 'no database');
      const { code, bad } = await examine(['--offline']);
      assert.equal(code, 0);
      assert.match(bad('database')[0]?.whatToDo ?? '', /makes a new one from the journal/);
      assert.equal(readFileSync(file, 'utf8'), 'no database');
    });

    it('tells of a run that is on, and of one that was killed', async () => {
      workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
      const { child, ended } = workspace.start(['process']);
      while (workspace.services.danbooru.requests.length === 0) {
        assert.equal(child.exitCode, null, 'the run has ended before it asked');
        await new Promise((r) => setTimeout(r, 50));
      }
      const during = await examine(['--offline']);
      assert.equal(during.code, 0);
      assert.match(during.of('lock')[0]?.detail ?? '', new RegExp(`process ${child.pid}`));
      assert.deepEqual(during.bad('journal'), []);
      child.kill('SIGKILL');
      await ended;
      const after = await examine(['--offline']);
      assert.equal(after.code, 0);
      assert.match(after.of('lock')[0]?.detail ?? '', /left its lock behind/);
      assert.match(after.bad('journal')[0]?.whatToDo ?? '', /image-inbox resume/);
    });
  });
});

/** Root may write everywhere: without this capability (util-linux) it obeys permissions as anybody does. */
async function withoutPrivilege({ dir }: Workspace, args: readonly string[]): Promise<Ended> {
  const bound = '-dac_override';
  const node = [process.execPath, join(ROOT, 'dist/cli.js'), ...args, '--workspace', dir];
  const [program = '', ...rest] =
    process.getuid?.() === 0 ? ['setpriv', '--inh-caps', bound, '--bounding-set', bound, ...node] : node;
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
