import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettings } from '../../src/terminal/setup/writeSettings.ts';
import { temporaryFolder } from '../adapters/support/temporaryFolder.ts';
import { filesBelow, KEY, ROOT, Workspace, type Ended } from './commandLine.ts';

const CLI = join(ROOT, 'dist/cli.js');

/** A folder, and the setup in it with answers from a pipe. */
class Place implements AsyncDisposable {
  readonly dir: string;
  private readonly dispose: () => PromiseLike<void>;

  private constructor(dir: string, dispose: () => PromiseLike<void>) {
    this.dir = realpathSync(dir);
    this.dispose = dispose;
  }

  static async make(): Promise<Place> {
    const folder = await temporaryFolder();
    return new Place(folder.path, () => folder[Symbol.asyncDispose]());
  }

  get file(): string {
    return join(this.dir, '.vscode/settings.json');
  }

  write(text: string): void {
    mkdirSync(join(this.dir, '.vscode'), { recursive: true });
    writeFileSync(this.file, text);
  }

  async run(answers: readonly string[], ...args: readonly string[]): Promise<Ended> {
    const env = { ...process.env, SAUCENAO_API_KEY: 'secretKey0000', DANBOORU_LOGIN: '', DANBOORU_API_KEY: '' };
    const child = spawn(process.execPath, [CLI, 'setup', '--offline', '--workspace', this.dir, ...args], { env });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.end(answers.map((answer) => `${answer}\n`).join(''));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

describe('image-inbox setup', () => {
  let place: Place;
  beforeEach(async () => {
    place = await Place.make();
  });
  afterEach(() => place[Symbol.asyncDispose]());

  it('writes an address with a password, and never shows that', async () => {
    const nas = ':sftp,host=nas,pass=aPassword0:Photos';
    const given = await place.run([], '--yes', '--nas', nas);
    assert.equal(given.code, 0, given.stderr);
    assert.equal((JSON.parse(readFileSync(place.file, 'utf8')) as object)['imageInbox.directories.nas' as never], nas);
    const asked = await place.run(['', '', '', '', '']);
    assert.match(asked.stdout, /NAS, - for none \[:sftp:Photos\]/);
    for (const { stdout, stderr } of [given, asked]) assert.doesNotMatch(stdout + stderr, /aPassword0/);
  });

  it('asks, checks, and writes what is other than it is, with all comments kept', async () => {
    const before = '{\r\n\t// mine\r\n\t"editor.fontSize": 14, // so\r\n\t"imageInbox.review.approve": "all",\r\n}\r\n';
    place.write(before);
    mkdirSync(join(place.dir, 'NAS 夏'));
    writeFileSync(join(place.dir, 'NAS 夏/there'), '');
    const { code, stdout } = await place.run(['Neue Bilder 🌄', '', 'NAS 夏', '2', 'copy', 'y']);
    assert.equal(code, 0);
    assert.equal(
      readFileSync(place.file, 'utf8'),
      before
        .replace('"all"', '"high-confidence"')
        .replace('confidence",\r\n}', [
          'confidence",',
          '\t"imageInbox.directories.inbox": "${workspaceFolder}/Neue Bilder 🌄",',
          '\t"imageInbox.directories.nas": "${workspaceFolder}/NAS 夏",',
          '\t"imageInbox.workflow.transfer": "copy",',
          '}',
        ].join('\r\n')),
      stdout,
    ); // prettier-ignore
    assert.ok(existsSync(join(place.dir, 'Neue Bilder 🌄')), 'the inbox is made');
    assert.match(stdout, /SAUCENAO_API_KEY +set\./);
    assert.match(stdout, /DANBOORU_LOGIN +not set\..*keys\.env/s);
    assert.ok(!`${stdout}${filesBelow(place.dir).map((f) => readFileSync(join(place.dir, f), 'utf8')).join('')}`.includes('secretKey')); // prettier-ignore

    const after = readFileSync(place.file);
    const again = await place.run(['', '', '', '', '']);
    assert.equal(again.code, 0);
    assert.match(again.stdout, /needs no change/);
    assert.deepEqual(readFileSync(place.file), after);
  });

  it('changes nothing when it is broken off, wherever that is, or declined', async () => {
    for (let n = 0; n < 6; n += 2) {
      const { code, stderr } = await place.run(['a', 'b', '-', '2', '2'].slice(0, n));
      assert.equal(code, 3);
      assert.match(stderr, /Broken off; nothing was changed/);
    }
    assert.equal((await place.run(['a', 'b', '-', '2', '2', 'n'])).code, 0);
    assert.deepEqual(filesBelow(place.dir), []);
    assert.ok(!existsSync(join(place.dir, 'a')));
  });

  it('says what is wrong with an answer and what to do, and asks again', async () => {
    writeFileSync(join(place.dir, 'a file'), '');
    const { code, stdout } = await place.run([
      'a file',
      '',
      'not mounted',
      '1',
      '1',
      'y',
      'In',
      '',
      '-',
      '7',
      '1',
      '1',
      'y',
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✗ Inbox: .*a file is a file/);
    assert.match(stdout, /✗ NAS.*not mounted is not there\.\n +Switch the NAS on/);
    assert.match(stdout, /“7” is none of them/);
    assert.deepEqual(JSON.parse(readFileSync(place.file, 'utf8')), {
      'imageInbox.directories.inbox': '${workspaceFolder}/In',
    });
  });

  it('asks nothing with --yes, and refuses what can’t work', async () => {
    const bad = await place.run([], '--yes', '--nas', join(place.dir, 'away'));
    assert.equal(bad.code, 2);
    assert.match(bad.stdout, /away is not there/);
    assert.ok(!existsSync(place.file));
    const good = await place.run([], '--yes', '--approve', 'high-confidence', '--inbox', join(place.dir, 'In'));
    assert.equal(good.code, 0);
    assert.deepEqual(JSON.parse(readFileSync(place.file, 'utf8')), {
      'imageInbox.directories.inbox': '${workspaceFolder}/In',
      'imageInbox.review.approve': 'high-confidence',
    });
  });

  it('asks the services about the keys, spends no search on it, and goes on when one is refused', async () => {
    await using workspace = await Workspace.create({ samples: false });
    const { saucenao } = workspace.services;
    for (const [key, said] of [
      [KEY, /^(?![^]*[✗!] SauceNAO)/],
      ['0123456789abcdef0123456789abcdef01234567', /^✗ SauceNAO: .*refuse/m],
    ] as const) {
      const ended = await workspace.run(['setup', '--yes', '--approve', 'all'], { SAUCENAO_API_KEY: key });
      assert.equal(ended.code, 0, ended.stdout + ended.stderr);
      assert.match(ended.stdout, said);
      assert.ok(!`${ended.stdout}${ended.stderr}`.includes(key), 'the key is not shown');
    }
    assert.deepEqual(saucenao.requests.flatMap(({ files }) => files), []); // prettier-ignore
    assert.match(
      readFileSync(join(workspace.dir, '.vscode/settings.json'), 'utf8'),
      /"imageInbox.review.approve": "all"/,
    );
  });

  it('leaves alone settings that are no JSON, and says where', async () => {
    place.write('{ "imageInbox.review.approve": \n}');
    const { code, stderr } = await place.run(['', '', '', '', '', 'y']);
    assert.equal(code, 2);
    assert.match(stderr, /settings\.json is not JSON: .* in line 2/);
    assert.equal(readFileSync(place.file, 'utf8'), '{ "imageInbox.review.approve": \n}');
  });

  it('writes through a link, and keeps the permissions', async () => {
    mkdirSync(join(place.dir, '.vscode'));
    const kept = join(place.dir, 'kept.json');
    writeFileSync(kept, '{}', { mode: 0o600 });
    symlinkSync(kept, place.file);
    assert.equal((await place.run([], '--yes', '--copy')).code, 0);
    assert.ok(lstatSync(place.file).isSymbolicLink());
    assert.equal(lstatSync(kept).mode & 0o777, 0o600);
    assert.match(readFileSync(kept, 'utf8'), /"imageInbox.workflow.transfer": "copy"/);
  });

  describe('in a terminal', () => {
    const socket = `image-inbox-setup-${process.pid}`;
    const tmux = (...args: readonly string[]): string =>
      execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' });
    const shown = async (what: RegExp): Promise<string> => {
      for (let tries = 0; ; tries++) {
        const screen = tmux('capture-pane', '-p', '-J', '-t', 'setup');
        if (what.test(screen)) return screen;
        // so that a failure shows what stands there instead
        assert.ok(tries < 600, `${String(what)} is not in\n${screen}`);
        await new Promise((r) => setTimeout(r, 50));
      }
    };
    afterEach(() => tmux('kill-server'));

    it('is answered by keys at 80 x 24, and Ctrl-C leaves everything as it was', async () => {
      const start = (): string =>
        tmux('new-session', '-d', '-s', 'setup', '-x', '80', '-y', '24', '-c', place.dir, '-e', 'PS1=$ ', '-e', 'SAUCENAO_API_KEY=', 'sh'); // prettier-ignore
      const type = (...keys: readonly string[]): string => tmux('send-keys', '-t', 'setup', ...keys);
      start();
      type(`'${process.execPath}' '${CLI}' setup --offline; echo "ended $?"`, 'Enter');
      await shown(/new images arrive/);
      type('In', 'Enter');
      await shown(/sorted images \[/);
      type('C-c');
      await shown(/ended 3/);
      assert.ok(!existsSync(place.file));
      assert.ok(!existsSync(join(place.dir, 'In')));

      type('clear', 'Enter', `'${process.execPath}' '${CLI}' setup --offline; echo "ended $?"`, 'Enter');
      await shown(/new images arrive.*\]: /);
      // as a person who changes his mind
      type('Im', 'BSpace', 'n', 'Enter');
      await shown(/sorted images \[/);
      type('Enter');
      await shown(/NAS, - for none/);
      type('Enter');
      await shown(/1 to 3 \[1\]/);
      type('3', 'Enter');
      await shown(/1 to 2 \[1\]/);
      type('Enter');
      await shown(/Write this to/);
      type('Enter');
      await shown(/ended 0/);
      assert.deepEqual(JSON.parse(readFileSync(place.file, 'utf8')), {
        'imageInbox.directories.inbox': '${workspaceFolder}/In',
        'imageInbox.review.approve': 'all',
      });
    });
  });
});

describe('Settings that are written into a text', () => {
  const change = { 'review.approve': 'all' };
  it('keeps what is there: comments, order, indentation, line ends, a byte order mark', () => {
    assert.equal(withSettings(undefined, change), '{\n  "imageInbox.review.approve": "all"\n}\n');
    assert.equal(withSettings('', change), '{\n  "imageInbox.review.approve": "all"\n}\n');
    assert.equal(withSettings('// a', change), '// a\n{\n  "imageInbox.review.approve": "all"\n}\n');
    assert.equal(
      withSettings('\ufeff// a\n{\n    /* b */ "x": [1] // c\n}', change),
      '\ufeff// a\n{\n    /* b */ "x": [1], // c\n    "imageInbox.review.approve": "all"\n}',
    );
    assert.equal(withSettings('{"imageInbox.review.approve":"none"/* why */}', change), '{"imageInbox.review.approve":"all"/* why */}'); // prettier-ignore
  });
});
