import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExiftoolHung } from '../../../src/adapters/exiftool/exiftoolHung.ts';
import { ExiftoolProcesses } from '../../../src/adapters/exiftool/exiftoolProcesses.ts';
import { parseXmp } from '../../../src/adapters/exiftool/parseXmp.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { childProcesses, isAlive, until } from './childProcesses.ts';
import { silentLog } from './silentLog.ts';
import { standIn } from './standIn.ts';

const isTransient = (error: unknown): boolean => error instanceof ImageError && error.transient;

describe('the ExifTool processes', () => {
  let folder = '';
  let processes: ExiftoolProcesses;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), `exif tool's "日本" 😀 `));
  });
  afterEach(async () => {
    await processes.close();
    assert.deepEqual(childProcesses(), []);
    await rm(folder, { recursive: true });
  });
  const open = (options: Partial<ConstructorParameters<typeof ExiftoolProcesses>[0]> = {}): ExiftoolProcesses =>
    (processes = new ExiftoolProcesses({ maxProcs: 1, log: silentLog, ...options }));
  const title = (path: string, text: string) => processes.run([`-XMP-dc:Title=${text}`, '-overwrite_original', path]);

  it('say their version', async () => {
    assert.match(await open().version(), /^13\.\d+$/);
  });

  it('never get an argument with a line break or what parts lists, nor one that is neither option nor absolute path', async () => {
    open();
    for (const bad of [
      '-XMP-dc:Title=a\n-o\nb',
      '-XMP-dc:Title=a\0',
      'relative.xmp',
      '#[CSTR]-ver',
      '',
      '-XMP-dc:Title=a\uffffb',
    ]) {
      await assert.rejects(processes.run(['-ver', bad]), /Not an argument/);
    }
  });

  it('are not misled by what ends an answer, where it stands in a tag or in a path', async () => {
    open();
    const path = join(folder, "{ready} Can't locate x in @INC.xmp");
    const text = `{ready}${'x'.repeat(200_000)}{ready}`;
    await processes.run([`-XMP-dc:Title=${text}`, path]);
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => {
        if (n % 3 === 0) return processes.run(['-json', '-XMP-dc:Title', path]);
        if (n % 3 === 1) return processes.run(['-s3', '-FileName', path]);
        return processes.run(['-XMP-dc:Title=y', join(folder, "{ready} Can't locate x in @INC", 'a.xmp')]);
      }),
    );
    const said = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.stdout : String(answer.reason)));
    for (const n of [0, 3]) assert.equal((JSON.parse(said[n] ?? '') as { Title: string }[])[0]?.Title, text);
    for (const n of [1, 4]) assert.equal(said[n]?.trim(), "{ready} Can't locate x in @INC.xmp");
    for (const n of [2, 5]) assert.match(said[n] ?? '', /0 image files updated|Can't locate/);
  });

  it('never run the Perl code of a configuration in the working folder', async () => {
    const proof = join(folder, 'proof');
    await writeFile(join(folder, '.ExifTool_config'), `open(F, '>', q{${proof}}); close F; 1;`);
    const home = process.cwd();
    process.chdir(folder);
    try {
      assert.match((await open().run(['-ver'])).stdout, /^13\./);
    } finally {
      process.chdir(home);
    }
    assert.deepEqual(await readdir(folder), ['.ExifTool_config']);
  });

  it('load the configuration that they are given', async () => {
    const config = join(folder, 'our own.config');
    await writeFile(config, `%Image::ExifTool::UserDefined::Shortcuts = (OurShortcut => ['XMP-dc:Title']); 1;`);
    open({ config });
    const path = join(folder, 'a.xmp');
    assert.match((await title(path, 'x')).stdout, /1 image files created/);
    assert.match((await processes.run(['-s3', '-OurShortcut', path])).stdout, /^x/);
  });

  it('are as many as were asked for, and gone after the end', async () => {
    open({ maxProcs: 3 });
    await Promise.all(Array.from({ length: 200 }, (_, n) => title(join(folder, `${n}.xmp`), `${n}`)));
    assert.equal(childProcesses().length, 3);
    await processes.close();
    assert.deepEqual(childProcesses(), []);
    await assert.rejects(processes.run(['-ver']), /closed/);
  });

  it('lose no more than one command to a process that is killed, and go on with a new one', async () => {
    open({ maxProcs: 2 });
    const names = Array.from({ length: 200 }, (_, n) => `${n}.xmp`);
    const failed: string[] = [];
    let done = 0;
    const write = async (name: string): Promise<void> => {
      try {
        await title(join(folder, name), name);
      } catch (error) {
        assert.ok(isTransient(error), String(error));
        failed.push(name);
      }
      if (++done === 70) process.kill(childProcesses()[0] ?? 0, 'SIGKILL');
    };
    await Promise.all(names.map(write));
    assert.ok(failed.length <= 1, failed.join());
    for (const name of failed) await title(join(folder, name), name);

    assert.equal(childProcesses().length, 2);
    for (const name of names) {
      const properties = parseXmp(await readFile(join(folder, name)));
      assert.match(JSON.stringify(properties.get('{http://purl.org/dc/elements/1.1}title')), new RegExp(`"${name}"`));
    }
  });

  it('are killed when they hang, and the other commands go on', async () => {
    open({ maxProcs: 2, hungAfter: 10_000 });
    // one command starts one process, which has answered: one that is still starting would get none of those below
    await processes.run(['-ver']);
    const [stopped = 0, ...others] = childProcesses();
    assert.deepEqual(others, []);
    process.kill(stopped, 'SIGSTOP');
    const names = Array.from({ length: 40 }, (_, n) => `${n}.xmp`);
    const outcomes = await Promise.allSettled(names.map((name) => title(join(folder, name), name)));
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    assert.equal(errors.length, 1);
    assert.ok(errors[0] instanceof ExiftoolHung && !errors[0].transient);
    assert.ok(!isAlive(stopped));
    assert.equal((await readdir(folder)).length, 39);
  });

  it('tell of a program that never answers, and do not leave it behind', async () => {
    open({ exiftoolPath: await standIn(folder, 'sleep 1 while 1'), hungAfter: 300 });
    await assert.rejects(title(join(folder, 'a.xmp'), 'x'), ExiftoolHung);
    assert.deepEqual(childProcesses(), []);
  });

  it('are ended even when they hang at the end', async () => {
    open();
    await processes.run(['-ver']);
    const [stopped = 0] = childProcesses();
    process.kill(stopped, 'SIGSTOP');
    await processes.close();
    assert.ok(!isAlive(stopped));
  });

  it('tell of a process that dies as something worth another try', async () => {
    open({ exiftoolPath: await standIn(folder, 'exit 1') });
    await assert.rejects(title(join(folder, 'a.xmp'), 'x'), isTransient);
  });

  for (const [when, first] of [
    ['at once', ''],
    ['with what they were asked', '<STDIN>;'],
  ] as const) {
    it(`tell of processes that end ${when} and do not start any more as something worth another try`, async () => {
      const program = join(folder, 'once.pl');
      await writeFile(program, `if (grep { $_ eq '-ver' } @ARGV) { print "13.59\\n"; exit 0 } ${first} exit 1;`);
      open({ exiftoolPath: program });
      await assert.rejects(title(join(folder, 'a.xmp'), 'x'), isTransient);
    });
  }

  it('are started anew where some end at their start, and fail no command', async () => {
    const some = [1, 2, 3].map((n) => `sysopen(F, q{${join(folder, `ended ${n}`)}}, O_CREAT | O_EXCL) and exit 1;`);
    open({ maxProcs: 4, exiftoolPath: await standIn(folder, '', `use Fcntl; <STDIN>; ${some.join(' ')}`) });
    await Promise.all(Array.from({ length: 12 }, (_, n) => title(join(folder, `${n}.xmp`), 'x')));
    assert.equal((await readdir(folder)).filter((name) => name.startsWith('ended')).length, 3);
  });

  it('end by themselves when the program that started them is killed', async () => {
    const script = join(folder, 'parent.ts');
    const module = new URL('../../../src/adapters/exiftool/exiftoolProcesses.ts', import.meta.url).href;
    await writeFile(
      script,
      `import { ExiftoolProcesses } from ${JSON.stringify(module)};
      const processes = new ExiftoolProcesses({ maxProcs: 2, log: { debug() {}, info() {}, warn() {}, error() {} } });
      await Promise.all([processes.run(['-ver']), processes.run(['-ver']), processes.run(['-ver'])]);
      console.log('ready');
      setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    const ids = childProcesses(parent.pid);
    assert.ok(ids.length > 0);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await until(() => !ids.some(isAlive));
    open();
  });

  describe('where Perl is wanting', () => {
    if (process.platform === 'win32') return; // ExifTool is a program of its own there
    const path = process.env['PATH'];
    afterEach(() => {
      process.env['PATH'] = path;
    });

    it('say that it must be installed, and how, at the start and for each image', async () => {
      process.env['PATH'] = folder;
      open();
      const says = (error: unknown): boolean =>
        error instanceof ImageError &&
        error.reason === 'exiftool' &&
        !error.transient &&
        /needs Perl, and there is none on the PATH. Install it: `(sudo apt|brew) install perl`/.test(error.message);
      await assert.rejects(processes.version(), says);
      await assert.rejects(title(join(folder, 'a.xmp'), 'x'), says);
      await assert.rejects(title(join(folder, 'b.xmp'), 'x'), says);
      assert.deepEqual(await readdir(folder), []);
    });

    const PROGRAMS = {
      'what an incomplete one lacks': [
        'use No::Such::Module;',
        /not complete, it lacks No\/Such\/Module\.pm\. Install all/,
      ],
      'that one is too old': [
        'require 7.004;',
        /this Perl is too old \(Perl v7\.4\.0 required.* Install a newer one: /,
      ],
      'what ExifTool says else': ['die "Out of luck\\n";', /ExifTool does not start: Out of luck$/],
      'that something else answers': ['print "Hello!";', /ExifTool does not start: it says "Hello!" for its version$/],
    } as const;
    for (const [what, [program, message]] of Object.entries(PROGRAMS)) {
      it(`say ${what}`, async () => {
        const exiftoolPath = join(folder, 'program.pl');
        await writeFile(exiftoolPath, program);
        await assert.rejects(open({ exiftoolPath }).version(), message);
      });
    }

    it('say that ExifTool is not there', async () => {
      await mkdir(join(folder, 'empty'));
      const exiftoolPath = join(folder, 'empty', 'exiftool');
      await assert.rejects(open({ exiftoolPath }).version(), /ExifTool does not start: Can't open perl script/);
    });
  });
});
