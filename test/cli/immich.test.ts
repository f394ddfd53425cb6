import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Immich, type ImmichKey } from '../services/immich.ts';
import { filesBelow, ROOT, Workspace } from './commandLine.ts';
import { jsonEvents } from './jsonEvents.ts';

const IMAGE = readFileSync(join(ROOT, 'test/samples/inbox/camera/astronaut.jpg'));
const LIBRARY = '3d7a0c52-0000-4000-8000-000000000001';
const KEYS = {
  'good-key': { permissions: ['library.read', 'library.update', 'asset.read', 'job.create'] },
  'all-key': { permissions: ['all'] },
  'users-key': { permissions: ['all'], isAdmin: false },
  'reading-key': { permissions: ['library.read', 'asset.read'] },
} satisfies Record<string, ImmichKey>;
const WITH_KEY = { IMMICH_API_KEY: 'good-key' };

const sidecar = (...tags: readonly string[]): string =>
  `<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>` +
  `<rdf:Description rdf:about='' xmlns:digiKam='http://www.digikam.org/ns/1.0/'><digiKam:TagsList><rdf:Seq>` +
  tags.map((tag) => `<rdf:li>${tag}</rdf:li>`).join('') +
  `</rdf:Seq></digiKam:TagsList></rdf:Description></rdf:RDF></x:xmpmeta>`;

describe('Immich, after a sync', () => {
  let workspace: Workspace;
  let immich: Immich;

  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false });
    immich = await new Immich({
      keys: KEYS,
      libraries: [{ id: LIBRARY, name: 'Pictures', importPath: '/mnt/media/100%_夏', folder: workspace.nas }],
    }).start();
    settings();
    for (const name of ['a', 'b 100%_é', 'c']) put(`Anime/夏/${name}.jpg`, IMAGE);
    put('Anime/夏/a.jpg.xmp', sidecar('character/rem', 'general/blue eyes'));
    put('Anime/夏/b 100%_é.jpg.xmp', sidecar('copyright/fate∕stay night', 'general/&lt;3'));
  });
  afterEach(async () => {
    await immich.close();
    await workspace[Symbol.asyncDispose]();
  });

  function settings(more: object = {}): void {
    workspace.set({
      'imageInbox.directories.nas': '${workspaceFolder}/NAS',
      'imageInbox.immich.address': immich.url,
      ...more,
    });
  }

  function put(place: string, content: string | Buffer, at = new Date('2024-05-06T07:08:09Z')): void {
    const path = join(workspace.sorted, place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, at, at);
  }
  const sync = (env: NodeJS.ProcessEnv = WITH_KEY, ...args: readonly string[]) => workspace.run(['sync', ...args], env);
  const at = (place: string): string => `/mnt/media/100%_夏/${place}`;

  it('scans the library, and is looked at whether it shows the pictures with their tags', async () => {
    const { code, stderr } = await sync();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Immich scans its library “Pictures” for 3 changed pictures; 3 of 3 looked at are there with their tags\./);
    assert.deepEqual(immich.shown, {
      [at('Anime/夏/a.jpg')]: ['character/rem', 'general/blue eyes'],
      [at('Anime/夏/b 100%_é.jpg')]: ['copyright/fate∕stay night', 'general/<3'],
      [at('Anime/夏/c.jpg')]: [],
    });
    assert.ok(!immich.asked.some((asked) => asked.includes('/jobs')), 'a scan is enough for what is new');
  }); // prettier-ignore

  it('is told of what came to the NAS also where nobody can look at it here any more', async () => {
    // on the NAS, and not told of: no key
    await sync({});
    rmSync(join(workspace.sorted, 'Anime/夏'), { recursive: true });
    // a folder that leads to itself: whether anything is in it can't be told
    symlinkSync('夏', join(workspace.sorted, 'Anime/夏'));
    put('d.jpg', IMAGE);
    const { code, stdout, stderr } = await sync();
    assert.notEqual(code, 5, stderr);
    assert.match(stdout, /^Synced: 1 copied/);
    assert.match(stderr, /Immich scans its library “Pictures” for 4 changed pictures/);
  });

  it('is left alone when nothing was changed, and in a dry run', async () => {
    assert.equal((await sync(WITH_KEY, '--dry-run')).code, 0);
    assert.deepEqual(immich.asked, []);
    await sync();
    immich.forget();
    assert.equal((await sync()).code, 0);
    assert.deepEqual(immich.asked, []);
  });

  it('reads changed sidecars again, which a scan passes over, and finds new ones', async () => {
    await sync();
    put('Anime/夏/b 100%_é.jpg.xmp', sidecar('character/saber'), new Date());
    put('Anime/夏/c.jpg.xmp', sidecar('general/sky'), new Date());
    const { code, stderr } = await sync();
    assert.equal(code, 0);
    assert.match(stderr, /for 2 changed pictures, and reads 2 sidecars again; 2 of 2 looked at are there/);
    assert.deepEqual(immich.shown[at('Anime/夏/b 100%_é.jpg')], ['character/saber']);
    assert.deepEqual(immich.shown[at('Anime/夏/c.jpg')], ['general/sky']);
    assert.ok(immich.asked.includes('PUT /api/jobs/sidecar'));
  });

  it('never fails the sync: what it could not be told is told after the next one', async () => {
    immich.setFaults([{ fault: { kind: 'status', status: 502 } }]);
    const first = await sync();
    assert.equal(first.code, 0);
    assert.match(first.stdout, /5 copied/);
    assert.match(first.stderr, /warning: Immich was not told: .*status 502.*The files are on the NAS; it is told after the next sync/);
    immich.setFaults([]);
    const again = await sync();
    assert.match(again.stderr, /for 3 changed pictures; 3 of 3 looked at/);
    assert.equal(Object.keys(immich.shown).length, 3);
    await immich.close();
    put('Anime/夏/a.jpg.xmp', sidecar('character/ram'), new Date());
    const away = await sync();
    assert.equal(away.code, 0);
    assert.match(away.stderr, /Immich can't be reached \(ECONNREFUSED\)\. Check that it runs/);
    await immich.start();
  }); // prettier-ignore

  for (const [what, env, expected] of [
    ['no key', { IMMICH_API_KEY: '' }, /no API key is set\. Set its API key: .*IMMICH_API_KEY/],
    ['a wrong key', { IMMICH_API_KEY: 'worn-out-key' }, /refuses the API key \(Invalid API key\)\. Make a new API key/],
  ] as const) {
    it(`says what to do about ${what}, and shows it to nobody`, async () => {
      const { code, stdout, stderr } = await sync(env, '--verbose');
      assert.equal(code, 0);
      assert.match(stderr, expected);
      if (env.IMMICH_API_KEY !== '') assert.ok(!`${stdout}${stderr}`.includes(env.IMMICH_API_KEY));
    });
  }

  it('is known by its answers: a web page at its address is something else', async () => {
    immich.setFaults([{ fault: { kind: 'html' } }]);
    const { code, stderr } = await sync();
    assert.equal(code, 0);
    assert.match(stderr, /does not speak as Immich does\. Set imageInbox\.immich\.address/);
  });

  it('tells of it in events', async () => {
    const { stdout } = await sync(WITH_KEY, '--json');
    const events = jsonEvents('sync', stdout);
    const told = events.find(({ event }) => event === 'photo-server');
    assert.deepEqual([told?.['kind'], told?.['library'], told?.['changed']], ['asked', 'Pictures', 3]);
    assert.equal(events.at(-1)?.event, 'run-ended');
  });

  it('is told by a run too, once, when all images are through', async () => {
    for (const name of ['one', 'two']) writeFileSync(join(workspace.inbox, `${name}.jpg`), Buffer.concat([IMAGE, Buffer.from(name)]));
    const { code, stderr } = await workspace.run(['process', '--skip', 'search,analyze'], WITH_KEY);
    assert.equal(code, 0, stderr);
    assert.equal(immich.asked.filter((asked) => asked.endsWith('/scan')).length, 1);
    const shown = Object.entries(immich.shown).filter(([path]) => /(one|two)\.jpg$/.test(path));
    assert.equal(shown.length, 2);
    assert.ok(!filesBelow(join(workspace.dir, '.image-inbox/sync')).some((file) => file.includes('immich')));
  }); // prettier-ignore

  it('is not asked with --offline, and told by the next run', async () => {
    writeFileSync(join(workspace.inbox, 'one.jpg'), IMAGE);
    await workspace.run(['process', '--offline', '--skip', 'analyze'], WITH_KEY);
    assert.deepEqual(immich.asked, []);
    assert.ok(readdirSync(join(workspace.dir, '.image-inbox/sync')).some((file) => file.includes('immich')));
    await workspace.run(['process', '--skip', 'search,analyze'], WITH_KEY);
    assert.ok((immich.asked as readonly string[]).includes('POST /api/libraries/:id/scan'));
  });

  it('is looked at by the doctor, which changes nothing', async () => {
    const { stdout } = await workspace.run(['doctor', '--json'], WITH_KEY);
    const { checks } = JSON.parse(stdout) as {
      checks: { id: string; findings: { status: string; detail: string }[] }[];
    };
    const [finding] = checks.find(({ id }) => id === 'immich')?.findings ?? [];
    assert.equal(finding?.status, 'ok');
    assert.match(finding.detail, /“Pictures” \(\/mnt\/media\/100%_夏\)/);
    assert.ok(immich.requests.every(({ method }) => method === 'GET'));
  });
});
