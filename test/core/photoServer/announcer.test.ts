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
  tags: readonly string[] = [];
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
  async tagsOf() {
    if (this.trouble) throw this.trouble;
    return this.tags;
  }
  async readAgain(ids: readonly string[]): Promise<void> {
    this.asked.push(`read again ${ids.length}`);
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
});
