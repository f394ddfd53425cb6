import assert from 'node:assert/strict';
import type { Check } from '../../../src/core/doctor/check.ts';
import { ClockCheck, clockFinding } from '../../../src/core/doctor/checks/clockCheck.ts';
import { DatabaseCheck } from '../../../src/core/doctor/checks/databaseCheck.ts';
import { ExiftoolCheck } from '../../../src/core/doctor/checks/exiftoolCheck.ts';
import { KeysCheck } from '../../../src/core/doctor/checks/keysCheck.ts';
import { LockCheck, lockFinding } from '../../../src/core/doctor/checks/lockCheck.ts';
import { ModelsCheck } from '../../../src/core/doctor/checks/modelsCheck.ts';
import { PhotoServerCheck } from '../../../src/core/doctor/checks/photoServerCheck.ts';
import { nodeFinding, ProgramCheck } from '../../../src/core/doctor/checks/programCheck.ts';
import { serviceFinding, ServicesCheck } from '../../../src/core/doctor/checks/servicesCheck.ts';
import { SettingsCheck } from '../../../src/core/doctor/checks/settingsCheck.ts';
import { SyncCheck } from '../../../src/core/doctor/checks/syncCheck.ts';
import type { Settings } from '../../../src/core/settings/settingsTable.ts';
import { ServiceSurvey } from '../../../src/core/doctor/serviceSurvey.ts';
import type { DatabaseFacts } from '../../../src/core/ports/databaseProbe.ts';
import type { ModelFile } from '../../../src/core/ports/modelFiles.ts';
import type { PartAnswer, PartProbe } from '../../../src/core/ports/partProbe.ts';
import { PhotoServerError, type PhotoServer } from '../../../src/core/ports/photoServer.ts';
import type { ServiceFacts } from '../../../src/core/ports/serviceProbe.ts';
import { HandClock } from '../learning/handClock.ts';

const signal = new AbortController().signal;
const works: PartAnswer = { kind: 'works', version: '1.2.3' };
const broken: PartAnswer = { kind: 'broken', why: 'it does not start' };
const part = (name: string, answer: PartAnswer): PartProbe => ({ name, probe: () => Promise.resolve(answer) });
const neverAsked = (name: string): PartProbe => ({ name, probe: () => assert.fail(`${name} was asked`) });

/** `status title: detail` of each finding */
const told = async (check: Check): Promise<readonly string[]> =>
  (await check.look(signal)).map(({ status, title, detail }) => `${status} ${title}: ${detail}`);
const advice = async (check: Check): Promise<readonly (string | undefined)[]> =>
  (await check.look(signal)).map(({ whatToDo }) => whatToDo);

describe('The checkup of ExifTool', () => {
  it('tells the versions of Perl and of ExifTool', async () => {
    const check = new ExiftoolCheck({ perl: part('Perl', works), exiftool: part('ExifTool', works), isNeeded: true });
    assert.deepEqual(await told(check), ['ok Perl: 1.2.3', 'ok ExifTool: 1.2.3']);
  });

  it('does not start ExifTool where its Perl is missing, and says how to come by one', async () => {
    const check = new ExiftoolCheck({ perl: part('Perl', broken), exiftool: neverAsked('ExifTool'), isNeeded: true });
    assert.deepEqual(await told(check), ['problem Perl: it does not start']);
    assert.match((await advice(check))[0] ?? '', /apt install perl.*brew install perl/);
  });

  it('blames Perl for an ExifTool that fails, or, where it brings its own, the installation', async () => {
    const exiftool = part('ExifTool', broken);
    const [, withPerl] = await advice(new ExiftoolCheck({ perl: part('Perl', works), exiftool, isNeeded: true }));
    assert.match(withPerl ?? '', /whole of Perl/);
    const alone = new ExiftoolCheck({ exiftool, isNeeded: true });
    assert.deepEqual(await told(alone), ['problem ExifTool: it does not start']);
    assert.match((await advice(alone))[0] ?? '', /exiftool\.exe/);
  });

  it('only warns where no sidecars are written', async () => {
    const exiftool = part('ExifTool', broken);
    assert.deepEqual(await told(new ExiftoolCheck({ exiftool, isNeeded: false })), [
      'warning ExifTool: it does not start',
    ]);
  });
});

describe('The checkup of the models', () => {
  const check = (
    files: readonly ModelFile[] | undefined,
    analyzer = neverAsked('the analyzer'),
    isNeeded = true,
  ): ModelsCheck => new ModelsCheck({ check: () => Promise.resolve(files) }, analyzer, isNeeded);
  const sound: ModelFile = { path: '/m/style.onnx', state: 'sound' };

  it('loads them when all of their files are sound', async () => {
    const loading = check([sound, { ...sound, path: '/m/persons.onnx' }], part('ONNX', works));
    assert.deepEqual(await told(loading), ['ok Models: 2 files, as their checksums say.', 'ok ONNX: 1.2.3']);
  });

  it('names those that are missing or damaged, and does not load them', async () => {
    const bad = check([{ path: '/m/a.onnx', state: 'missing' }, sound, { path: '/m/b.onnx', state: 'changed' }]);
    const [a, b, ...more] = await told(bad);
    assert.match(a ?? '', /^problem .*\/m\/a\.onnx is missing/);
    assert.match(b ?? '', /^problem .*\/m\/b\.onnx is damaged/);
    assert.deepEqual(more, []);
    assert.ok((await advice(bad)).every((text) => text?.includes('Install Image Inbox again')));
  });

  it('says that there are none, or that they don’t load, and only warns where nothing is analyzed', async () => {
    assert.match((await told(check(undefined)))[0] ?? '', /^problem Models: There are none/);
    assert.match((await advice(check(undefined)))[0] ?? '', /Install Image Inbox again/);
    assert.match((await told(check(undefined, undefined, false)))[0] ?? '', /^warning/);
    const [, failing] = await told(check([sound], part('ONNX', broken)));
    assert.equal(failing, 'problem ONNX: it does not start');
    const unused = check([sound], part('ONNX', broken), false);
    assert.match((await told(unused))[1] ?? '', /^warning/);
    assert.match((await advice(unused))[1] ?? '', /imageInbox\.stages\.analyze off/);
  });
});

describe('The checkup of the photo server', () => {
  class Server implements Partial<PhotoServer> {
    closed = 0;
    missing: readonly string[] = [];
    trouble: Error | undefined;
    libraries = () =>
      this.trouble
        ? Promise.reject(this.trouble)
        : Promise.resolve([{ id: 'l', name: 'Art', importPaths: ['/mnt/Art', '/mnt/More'] }]);
    missingPermissions = () => Promise.resolve(this.missing);
    close = () => {
      this.closed++;
      return Promise.resolve();
    };
  }
  let server: Server;
  beforeEach(() => {
    server = new Server();
  });
  const check = (nas: string | undefined = '/mnt/nas/Art', offline = false): PhotoServerCheck =>
    new PhotoServerCheck(
      { server: server as unknown as PhotoServer, library: '', ...(nas !== '' && { nas }) },
      offline,
    );

  it('asks nobody where none is used, and none offline', async () => {
    assert.match((await told(new PhotoServerCheck(undefined, true)))[0] ?? '', /^ok Immich: Not used/);
    server.trouble = new Error('was asked');
    assert.match((await told(check('/mnt/nas', true)))[0] ?? '', /^unknown Immich: .*--offline/);
  });

  it('tells which library the NAS is to it, with its folders', async () => {
    const [found] = await told(check());
    assert.match(found ?? '', /^ok Immich: .*“Art” \(\/mnt\/Art, \/mnt\/More\)/);
    assert.equal(server.closed, 1);
  });

  it('needs no library where nothing is synced', async () => {
    server.libraries = () => Promise.resolve([]);
    const [found] = await told(check(''));
    assert.match(found ?? '', /^ok Immich: It takes the key.*no NAS is set/);
  });

  it('finds the library missing where something is synced', async () => {
    server.libraries = () => Promise.resolve([]);
    assert.match((await told(check()))[0] ?? '', /^problem Immich: Not usable: it has no external library/);
    assert.match((await advice(check()))[0] ?? '', /imageInbox\.immich\.library/);
  });

  it('names what the key is not allowed', async () => {
    server.missing = ['library.read', 'asset.update'];
    const [found] = await told(check());
    assert.equal(found, 'problem Immich: The API key lacks library.read, asset.update.');
    assert.match((await advice(check()))[0] ?? '', /administrator/);
  });

  it('only warns of one that is away, which a sync does without, and lets go of it', async () => {
    server.trouble = new PhotoServerError('unreachable', 'no answer');
    assert.match((await told(check()))[0] ?? '', /^warning Immich: Not usable: no answer/);
    assert.equal(server.closed, 1);
    server.trouble = new PhotoServerError('key-refused', 'the key is refused');
    assert.match((await told(check()))[0] ?? '', /^problem Immich: Not usable: the key is refused/);
    assert.match((await advice(check()))[0] ?? '', /new API key/);
    server.trouble = new TypeError('a defect');
    await assert.rejects(check().look(signal), /a defect/);
    assert.equal(server.closed, 4);
  });
});

describe('The checkup of the program', () => {
  const check = (decoder: PartAnswer, database: PartAnswer, missing: readonly string[] | undefined): ProgramCheck => {
    const missingFormats = () => (missing ? Promise.resolve(missing) : assert.fail('formats were asked for'));
    return new ProgramCheck('24.0.0', { ...part('sharp', decoder), missingFormats }, part('sql.js', database));
  };

  it('tells what works, and which pictures are not decoded', async () => {
    const all = await told(check(works, works, []));
    assert.deepEqual(all, ['ok Node: 24.0.0', 'ok sharp: 1.2.3', 'ok Picture formats: All are decoded.', 'ok sql.js: 1.2.3']); // prettier-ignore
    const [, , formats] = await told(check(works, works, ['HEIC', 'JPEG XL']));
    assert.match(formats ?? '', /^ok Picture formats: .*: HEIC, JPEG XL\./);
    assert.match((await advice(check(works, works, ['HEIC'])))[2] ?? '', /convert them/);
  });

  it('takes either part that does not load for a problem, and asks a broken decoder for nothing more', async () => {
    const check1 = check(broken, broken, undefined);
    assert.deepEqual((await told(check1)).slice(1), [
      'problem sharp: it does not start',
      'problem sql.js: it does not start',
    ]);
    assert.deepEqual((await advice(check1)).map((text) => text?.includes('npm ci')), [undefined, true, true]); // prettier-ignore
  });

  it('says which Node it needs', () => {
    const old = nodeFinding('20.1.0');
    assert.match(old.detail, /20\.1\.0; 22\.19 or newer/);
    assert.match(old.whatToDo ?? '', /newer Node/);
  });
});

describe('The checkup of the services and the clock', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  const survey = (...facts: readonly ServiceFacts[]): ServiceSurvey => {
    const asked = new Set<string>();
    return new ServiceSurvey(
      facts.map((_, n) => ({ name: `S${n}`, endpoint: `https://s${n}.example`, path: '/' })),
      {
        ask: ({ name }) => {
          assert.ok(!asked.has(name), 'asked once');
          asked.add(name);
          return Promise.resolve(facts[Number(name.slice(1))]!);
        },
      },
    );
  };
  const answers = (ahead?: number, status = 200): ServiceFacts => ({
    kind: 'answers',
    status,
    ms: 12.4,
    ...(ahead !== undefined && { ahead }),
  });

  it('asks each service once, for both', async () => {
    const services = survey(answers(3_600_000), { kind: 'unreachable', why: 'no such host' }, answers(), answers(3_600_000)); // prettier-ignore
    assert.deepEqual(await told(new ServicesCheck(services)), [
      'ok S0: https://s0.example answers (12 ms).',
      'warning S1: no such host.',
      'ok S2: https://s2.example answers (12 ms).',
      'ok S3: https://s3.example answers (12 ms).',
    ]);
    const [clock] = await told(new ClockCheck(new HandClock(now), services));
    assert.match(clock ?? '', /^warning Date and time: .*60 minutes behind/);
  });

  it('asks nobody offline, and nobody where the search is off', async () => {
    assert.match((await told(new ServicesCheck(undefined)))[0] ?? '', /^unknown Services: .*--offline/);
    assert.match((await told(new ServicesCheck(survey())))[0] ?? '', /^ok Services: None is used/);
    const [clock] = await told(new ClockCheck(new HandClock(now), undefined));
    assert.equal(clock, 'ok Date and time: 2026-11-23T12:00:00.000Z; compared with no other clock.');
  });

  it('compares with no clock of a service that does not tell the time', async () => {
    const services = survey({ kind: 'blocked', why: 'a wall' }, answers());
    assert.match((await told(new ClockCheck(new HandClock(now), services)))[0] ?? '', /no other clock/);
  });

  it('believes a clock that says what the services say, to five minutes', () => {
    assert.equal(clockFinding(now, [300_000]).detail, '2026-11-23T12:00:00.000Z, as the services say.');
    assert.equal(clockFinding(now, [-300_001]).status, 'warning');
    assert.ok(clockFinding(now, [300_001]).whatToDo);
  });

  it('knows dates that can’t be', () => {
    for (const [date, status] of [
      ['2024-12-31T23:59:59.999Z', 'problem'],
      ['2025-01-01T00:00:00Z', 'ok'],
      ['2099-12-31T23:59:59.999Z', 'ok'],
      ['2100-01-01T00:00:00Z', 'problem'],
    ] as const) {
      assert.equal(clockFinding(Date.parse(date), []).status, status, date);
    }
    assert.match(clockFinding(0, []).detail, /1970-01-01/);
    assert.ok(clockFinding(0, []).whatToDo);
  });

  it('says of a service what is wrong with it, and what to do', () => {
    const service = { name: 'IQDB', endpoint: 'https://iqdb.example', path: '/' };
    const said = (facts: ServiceFacts): string => {
      const { detail, whatToDo } = serviceFinding({ service, facts });
      return `${detail} ${whatToDo ?? ''}`;
    };
    assert.match(said(answers(0, 429)), /asked too often.*Wait/);
    assert.match(said(answers(0, 500)), /trouble of its own \(status 500\).*later/);
    assert.match(said({ kind: 'blocked', why: 'a wall' }), /^a wall\. .*imageInbox\.search\.providers/);
    assert.match(said({ kind: 'unreachable', why: 'no host' }), /^no host\. .*https:\/\/iqdb\.example.*--offline/);
  });
});

describe('The checkup of the settings', () => {
  it('names values that are not allowed, and settings that do not exist', async () => {
    const check = new SettingsCheck(
      ['imageInbox.sync.engine must be one of auto, builtin.'],
      ['sync.engine', 'sync.engin', 'directories.inbox'],
    );
    assert.deepEqual(await told(check), [
      'problem Not allowed: imageInbox.sync.engine must be one of auto, builtin.',
      'warning Unknown: There is no setting imageInbox.sync.engin: it has no effect.',
    ]);
    assert.match((await advice(check)).join(' '), /settings\.json.*spelling/);
  });

  it('is content with settings that exist, and with none at all', async () => {
    for (const keys of [[], ['sync.engine']]) {
      const [found, ...more] = await new SettingsCheck([], keys).look();
      assert.equal(found?.status, 'ok');
      assert.deepEqual(more, []);
    }
  });
});

describe('The checkup of the sync program', () => {
  const check = (engine: Settings['sync.engine'], nas?: string, path?: string, options: string[] = []): SyncCheck =>
    new SyncCheck(
      { 'sync.engine': engine, 'sync.options': options },
      { find: (name) => Promise.resolve(path === undefined ? undefined : `${path}/${name}`) },
      nas,
    );

  it('needs none for a folder that is mounted', async () => {
    assert.match((await told(check('builtin', '/mnt/nas')))[0] ?? '', /^ok/);
  });

  it('looks for the one that is set, or that the NAS asks for', async () => {
    assert.deepEqual(await told(check('rsync', '/mnt/nas', '/usr/bin')), ['ok Sync program: /usr/bin/rsync']);
    assert.deepEqual(await told(check('auto', 'cloud:Art', '/usr/bin')), ['ok Sync program: /usr/bin/rclone']);
  });

  it('takes one that is missing for a problem where there is something to sync', async () => {
    const missing = check('rsync', '/mnt/nas');
    assert.match((await told(missing))[0] ?? '', /^problem Sync program: rsync .*PATH/);
    assert.match((await advice(missing))[0] ?? '', /Install rsync/);
    assert.match((await told(check('rsync')))[0] ?? '', /^warning/);
  });

  it('finds that what is set would have files removed', async () => {
    const harmful = check('rsync', '/mnt/nas', '/usr/bin', ['-a', '--delete']);
    assert.match((await told(harmful))[0] ?? '', /^problem Sync program: With --delete, rsync removes files/);
    assert.match((await advice(harmful))[0] ?? '', /imageInbox\.sync\.options/);
  });

  it('finds that what is set can’t reach the NAS', async () => {
    const impossible = check('builtin', 'me@nas:Art', '/usr/bin');
    assert.match(
      (await told(impossible))[0] ?? '',
      /^problem Sync program: builtin needs a folder, and me@nas:Art is none/,
    );
    assert.match((await advice(impossible))[0] ?? '', /imageInbox\.sync\.engine to auto/);
    if (process.platform !== 'win32') assert.match((await told(check('robocopy')))[0] ?? '', /^warning/);
  });
});

describe('The checkup of database, lock and keys', () => {
  const database = (facts: DatabaseFacts) => new DatabaseCheck({ look: () => Promise.resolve(facts) });

  it('is content with a database that is still to come', async () => {
    assert.match((await told(database({ kind: 'none' })))[0] ?? '', /^ok Database: .*first run makes it/);
    const sound = database({ kind: 'sound', bytes: 1000, answers: 1, sortedFiles: 1 });
    assert.match((await told(sound))[0] ?? '', /^ok/);
  });

  it('offers to repair a damaged one, and not one that is too new', async () => {
    const [damaged] = await database({ kind: 'broken', why: 'no header' }).look();
    assert.match(damaged?.detail ?? '', /no header/);
    assert.match(damaged?.whatToDo ?? '', /doctor --repair/);
    assert.equal(damaged?.isRepairable, true);
    const [newer] = await database({ kind: 'unusable', why: 'of a newer version' }).look();
    assert.equal(newer?.detail, 'of a newer version');
    assert.match(newer.whatToDo ?? '', /Update Image Inbox/);
    assert.ok(!('isRepairable' in newer));
  });

  it('tells the lock as it is', async () => {
    const lock = new LockCheck({ look: () => Promise.resolve({ kind: 'free' }) });
    assert.deepEqual(await told(lock), ['ok Lock: No run is on.']);
    assert.match(lockFinding({ kind: 'left-behind' }).detail, /takes it over/);
    const owner = { pid: 7, command: 'process', since: '2026-11-23T12:00:00Z' };
    assert.equal(lockFinding({ kind: 'held', ...owner }).status, 'ok');
    const elsewhere = lockFinding({ kind: 'held-elsewhere', host: 'cellar', path: '/w/lock', ...owner });
    for (const word of ['cellar', 'process 7', owner.since]) assert.ok(elsewhere.detail.includes(word), word);
  });

  it('says what to do about a key that is missing or refused, and nothing about one that is accepted', async () => {
    const key = (kind: 'accepted' | 'missing' | 'refused' | 'unknown') => ({
      check: { service: kind, checkKey: () => Promise.resolve({ kind, detail: `it is ${kind}` }) },
      isNeeded: true,
    });
    const keys = new KeysCheck([key('accepted'), key('missing'), key('refused'), key('unknown')], false);
    assert.deepEqual(await told(keys), [
      'ok accepted: it is accepted',
      'warning missing: it is missing',
      'problem refused: it is refused',
      'unknown unknown: it is unknown',
    ]);
    const [accepted, missing, refused, unknown] = await advice(keys);
    assert.equal(accepted, undefined);
    assert.match(missing ?? '', /^Set it: .*Set API Keys/);
    assert.match(refused ?? '', /^Set it again: .*Set API Keys/);
    assert.match(unknown ?? '', /later/);
  });
});
