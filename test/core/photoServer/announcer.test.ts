import assert from 'node:assert/strict';
import { Announcer, type AnnouncerParts } from '../../../src/core/photoServer/announcer.ts';
import { announcementText } from '../../../src/core/photoServer/announcementText.ts';
import type { ServerChange, ServerChanges } from '../../../src/core/photoServer/serverChange.ts';
import { PhotoServerError, type PhotoServer, type ServerAsset } from '../../../src/core/ports/photoServer.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';

const never = new AbortController().signal;

/** A server with these pictures, which answers at once. */
class Server implements PhotoServer {
  readonly name = 'Immich';
  readonly asked: string[] = [];
  readonly assetsThere: ServerAsset[] = [];
  readonly readIds: string[] = [];
  tags: readonly string[] = [];
  readonly tagsAskedOf: string[] = [];
  trouble: PhotoServerError | undefined;

  async libraries() {
    if (this.trouble) throw this.trouble;
    return [{ id: 'l', name: 'Art', importPaths: ['/mnt/Art'] }];
  }
  async scan(): Promise<void> {
    this.asked.push('scan');
  }
  async *assets(_library: string, containing: string | undefined): AsyncGenerator<ServerAsset> {
    this.asked.push(`assets ${containing ?? '*'}`);
    yield* this.assetsThere.filter(({ path }) => path.includes(containing ?? ''));
  }
  async tagsOf(id: string) {
    this.tagsAskedOf.push(id);
    if (this.trouble) throw this.trouble;
    return this.tags;
  }
  async readAgain(ids: readonly string[]): Promise<void> {
    this.asked.push(`read again ${ids.length}`);
    this.readIds.push(...ids);
  }
  async discoverSidecars(): Promise<void> {
    this.asked.push('discover');
  }
  async missingPermissions() {
    return [];
  }
  async close(): Promise<void> {
    this.asked.push('close');
  }
}

class Changes implements ServerChanges {
  list: readonly ServerChange[] = [];
  async all() {
    return this.list;
  }
  async add(changes: readonly ServerChange[]): Promise<void> {
    this.list = [...this.list, ...changes];
  }
  async clear(): Promise<void> {
    this.list = [];
  }
}

describe('What a photo server is told', () => {
  let server: Server;
  let changes: Changes;
  let clock: SimulatedClock;
  beforeEach(() => {
    server = new Server();
    changes = new Changes();
    clock = new SimulatedClock();
  });
  const announcer = (parts: Partial<AnnouncerParts> = {}): Announcer =>
    new Announcer({
      server, changes, clock, library: '', nas: '/nas',
      tagsHere: async () => ['general/sky'], isHere: async () => true, ...parts,
    }); // prettier-ignore
  const change = (place: string, kind: ServerChange['kind']): ServerChange => ({ place, kind });

  it('is nothing when nothing changed', async () => {
    assert.equal(await announcer().announce(never), undefined);
    assert.deepEqual(server.asked, []);
  });

  it('waits half a minute at most for its queue, and says what is not there yet', async () => {
    changes.list = [change('a/b.jpg', 'image')];
    const begun = clock.now();
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked' && clock.now() - begun <= 30_000);
    assert.deepEqual(told.samples, [{ place: 'a/b.jpg', state: 'unknown' }]);
    assert.match(announcementText(told), /0 of 1 looked at are there with their tags so far\. Not yet: a\/b\.jpg\./);
    assert.deepEqual(changes.list, [], 'it was told');
  });

  it('sees that a picture is there with other tags', async () => {
    changes.list = [change('a.jpg', 'sidecar-changed')];
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg' });
    server.tags = ['general/sea'];
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked');
    assert.deepEqual(told.samples, [{ place: 'a.jpg', state: 'other-tags' }]);
  });

  it('takes no picture of the same name in another folder for it', async () => {
    changes.list = [change('a.jpg', 'sidecar-changed')];
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg.png' }, { id: '2', path: '/mnt/Art/ba.jpg' });
    assert.ok((await announcer().announce(never))?.kind === 'asked');
    assert.ok(!server.asked.some((asked) => asked.startsWith('read again')));
  });

  it('is told to read all again that may be the one, and asked for the tags of the likeliest', async () => {
    const askedFor = async (nas: string, ...paths: readonly string[]): Promise<string | undefined> => {
      changes.list = [change('Cats/a.jpg', 'sidecar-changed')];
      server.assetsThere.splice(0, Infinity, ...paths.map((path) => ({ id: path, path })));
      server.readIds.length = 0;
      await announcer({ nas }).announce(never);
      assert.deepEqual([...server.readIds].sort(), [...paths].sort());
      return server.tagsAskedOf.at(-1);
    };
    const [there, inIt, beside] = [
      '/mnt/Art/Sorted/Cats/a.jpg',
      '/mnt/Art/Sorted/Old/Cats/a.jpg',
      '/mnt/Art/Cats/a.jpg',
    ];
    assert.equal(await askedFor('/nas', inIt, there), there);
    assert.equal(await askedFor('/nas', there, inIt), there);
    assert.equal(await askedFor('//nas/art/sorted', beside, inIt, there), there);
  });

  it('finds names whose accents are composed in another way', async () => {
    changes.list = [change('é.jpg', 'sidecar-changed')];
    server.assetsThere.push({ id: '1', path: '/mnt/Art/e\u0301.jpg' });
    const all = Array.from({ length: 60 }, (_, i) => change(`${i}.jpg`, 'sidecar-changed'));
    changes.list = [...changes.list, ...all];
    await announcer().announce(never);
    assert.ok(server.asked.includes('read again 1'));
  });

  it('lists the library once for many changed sidecars, and asks for a thousand at a time', async () => {
    changes.list = Array.from({ length: 2500 }, (_, i) => change(`x/${i}.jpg`, 'sidecar-changed'));
    for (let i = 0; i < 2500; i++) server.assetsThere.push({ id: String(i), path: `/mnt/Art/x/${i}.jpg` });
    server.tags = ['general/sky'];
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked' && told.readAgain === 2500);
    assert.deepEqual(server.asked.slice(0, 5), ['scan', 'assets *', 'read again 1000', 'read again 1000', 'read again 500']);
    assert.deepEqual(told.samples.map(({ state }) => state), ['confirmed', 'confirmed', 'confirmed']);
  }); // prettier-ignore

  it('is kept for the next time when it is away', async () => {
    changes.list = [change('a.jpg', 'image')];
    server.trouble = new PhotoServerError('unreachable', 'nobody answers');
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'failed');
    assert.equal(changes.list.length, 1);
  });

  it('counts as told when the look at the result fails or is stopped', async () => {
    changes.list = [change('a.jpg', 'image')];
    const stop = new AbortController();
    server.scan = async () => stop.abort();
    const told = await announcer().announce(stop.signal);
    assert.ok(told?.kind === 'asked');
    assert.deepEqual(changes.list, []);
  });

  it('is not asked for what is no longer here', async () => {
    changes.list = [change('gone.jpg', 'image')];
    const told = await announcer({ isHere: async () => false }).announce(never);
    assert.ok(told?.kind === 'asked' && told.samples.length === 0);
    assert.equal(announcementText(told), 'Immich scans its library “Art” for 1 changed picture.');
  });

  it('looks for each of a few changed sidecars, and for new ones only when there are some', async () => {
    server.assetsThere.push({ id: '1', path: '/mnt/Art/Cats/a.jpg' }, { id: '2', path: '/mnt/Art/b.jpg' });
    server.assetsThere.push({ id: '3', path: '/mnt/Art/new.jpg' });
    changes.list = [change('Cats/a.jpg', 'sidecar-changed'), change('new.jpg', 'image'), change('c.jpg', 'sidecar-changed')]; // prettier-ignore
    server.tags = ['general/sky'];
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked');
    assert.deepEqual([told.changed, told.readAgain, server.readIds], [3, 1, ['1']]);
    assert.deepEqual(server.asked.slice(0, 4), ['scan', 'assets /Cats/a.jpg', 'assets /c.jpg', 'read again 1']);
    assert.ok(!server.asked.includes('discover'));
    changes.list = [change('b.jpg', 'sidecar-new'), change('Cats/a.jpg', 'sidecar-changed')];
    await announcer().announce(never);
    assert.deepEqual(server.readIds, ['1', '2', '1']);
    assert.ok(server.asked.includes('discover'));
  });

  it('is asked for no sidecar when only images came', async () => {
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg' });
    server.tags = ['general/sky'];
    changes.list = [change('a.jpg', 'image')];
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked' && told.readAgain === 0);
    assert.deepEqual(server.asked, ['scan', 'assets /a.jpg']);
  });

  it('reads no other pictures of the library again when there are many', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => change(`x/${i}.jpg`, 'sidecar-changed'));
    for (const path of ['/mnt/Art/x/7.jpg', '/mnt/Art/other.jpg', '/mnt/Art/xx/8.jpg', 'x/9.jpg', '']) {
      server.assetsThere.push({ id: path, path });
    }
    changes.list = many(51);
    await announcer().announce(never);
    assert.deepEqual(server.asked.slice(0, 2), ['scan', 'assets *']);
    assert.deepEqual(server.readIds, ['/mnt/Art/x/7.jpg']);
    server.asked.length = 0;
    changes.list = many(50);
    await announcer().announce(never);
    assert.equal(server.asked[1], 'assets /x/0.jpg');
  });

  it('ends as soon as all that it was asked for is there, and waits longer each time until then', async () => {
    changes.list = [change('a.jpg', 'image'), change('b.jpg', 'image')];
    server.tags = ['general/sky'];
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg' });
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms, signal) => {
      await sleep(ms, signal);
      if (ms === 2000) server.assetsThere.push({ id: '2', path: '/mnt/Art/b.jpg' });
    };
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked');
    assert.deepEqual(told.samples.map(({ state }) => state), ['confirmed', 'confirmed']); // prettier-ignore
    assert.deepEqual(clock.naps, [500, 1000, 2000]);
    assert.equal(server.asked.filter((asked) => asked === 'assets /a.jpg').length, 1, 'it was there at once');
  });

  it('is confirmed by all of the tags, by a picture that has none here, and however accents are composed', async () => {
    const stateOf = async (there: readonly string[], here: readonly string[] | undefined) => {
      changes.list = [change('a.jpg', 'image')];
      server.tags = there;
      const told = await announcer({ tagsHere: async () => here }).announce(never);
      return told?.kind === 'asked' && told.samples[0]?.state;
    };
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg' });
    assert.equal(await stateOf(['general/sky'], ['general/sky', 'general/sea']), 'other-tags');
    assert.equal(await stateOf(['general/sea', 'mine', 'general/sky'], ['general/sky', 'general/sea']), 'confirmed');
    assert.equal(await stateOf([], undefined), 'confirmed');
    assert.equal(await stateOf(['artist/e\u0301'], ['artist/é']), 'confirmed');
  });

  it('is asked for three pictures from all over the list, those with a sidecar alone first', async () => {
    const images = Array.from({ length: 6 }, (_, i) => change(`${i}.jpg`, 'image'));
    changes.list = [...images, change('s.jpg', 'sidecar-changed'), change('t.jpg', 'sidecar-new'), change('u.jpg', 'sidecar-new')]; // prettier-ignore
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked');
    assert.deepEqual(told.samples.map(({ place }) => place), ['s.jpg', '0.jpg', '3.jpg']); // prettier-ignore
    changes.list = images.slice(0, 2);
    const two = await announcer({ isHere: async (place) => place !== '0.jpg' }).announce(never);
    assert.ok(two?.kind === 'asked');
    assert.deepEqual(two.samples, [{ place: '1.jpg', state: 'unknown' }]);
  });

  it('counts as told when it has trouble of its own in the look at the result, and not when we have', async () => {
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg' });
    server.tagsOf = () => Promise.reject(new PhotoServerError('unreachable', 'it went away'));
    changes.list = [change('a.jpg', 'image')];
    const told = await announcer().announce(never);
    assert.ok(told?.kind === 'asked');
    assert.deepEqual(told.samples, [{ place: 'a.jpg', state: 'unknown' }]);
    changes.list = [change('a.jpg', 'image')];
    const broken = announcer({ tagsHere: () => Promise.reject(new Error('a mistake of ours')) });
    server.tagsOf = async () => [];
    await assert.rejects(broken.announce(never), /a mistake of ours/);
  });

  it('is kept for the next time when we are told to stop, or something of ours is wrong, before all was asked', async () => {
    for (const reason of [new Error('stopped'), new Error('a mistake of ours')]) {
      changes.list = [change('a.jpg', 'sidecar-changed')];
      server.scan = () => Promise.reject(reason);
      await assert.rejects(announcer().announce(never), (error) => error === reason);
      assert.equal(changes.list.length, 1);
    }
    server.scan = () => Promise.resolve();
    server.assetsThere.push({ id: '1', path: '/mnt/Art/a.jpg' });
    server.readAgain = () => Promise.reject(new PhotoServerError('not-permitted', 'job.create is missing'));
    assert.deepEqual(await announcer().announce(never), {
      kind: 'failed', server: 'Immich', reason: 'not-permitted', why: 'job.create is missing',
    }); // prettier-ignore
    assert.equal(changes.list.length, 1);
  });

  it('ends what is behind it when it is closed', async () => {
    await announcer().close();
    assert.deepEqual(server.asked, ['close']);
  });
});
