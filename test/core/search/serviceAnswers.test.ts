import assert from 'node:assert/strict';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { SearchAnswer } from '../../../src/core/ports/reverseImageSearch.ts';
import { ServiceAnswers } from '../../../src/core/search/serviceAnswers.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { askingOf, Md5Service, md5Of, never, NO_MATCH, openStore, postOf, queryOf, Site } from './asked.ts';

const HOUR = 3_600_000;
const query = queryOf('/inbox/a.jpg');

async function scene() {
  const { store, [Symbol.asyncDispose]: dispose } = await openStore();
  const clock = new SimulatedClock();
  return {
    store,
    clock,
    asking: askingOf(store),
    /** as a new run asks */
    run: (cacheFor = 48 * HOUR, parked: ReadonlySet<ContentHash> = new Set()) =>
      new ServiceAnswers({ store, clock, cacheFor, parked }),
    [Symbol.asyncDispose]: dispose,
  };
}

describe('What services have said', () => {
  it('counts in later runs until it is too old, and is told apart from what was said in this one', async () => {
    await using s = await scene();
    const first = s.run();
    const service = new Md5Service();
    assert.equal(first.known(service.id, service.variant, query.sha256), undefined);
    await first.ask(service, query, s.asking);
    assert.deepEqual(first.known(service.id, service.variant, query.sha256), { answer: NO_MATCH, cached: false });
    s.clock.time += 48 * HOUR;
    assert.deepEqual(s.run().known(service.id, service.variant, query.sha256), { answer: NO_MATCH, cached: true });
    s.clock.time += 1;
    assert.equal(s.run().known(service.id, service.variant, query.sha256), undefined);
  });

  it('counts in its own run however long that takes, also where nothing is to be kept', async () => {
    await using s = await scene();
    const run = s.run(0);
    const service = new Md5Service();
    s.clock.time += HOUR;
    await run.ask(service, query, s.asking);
    s.clock.time += 1000 * HOUR;
    assert.deepEqual(run.known(service.id, service.variant, query.sha256)?.answer, NO_MATCH);
    assert.equal(s.run(0).known(service.id, service.variant, query.sha256), undefined);
  });

  it('counts for a picture that is parked since an earlier run, however old it is', async () => {
    await using s = await scene();
    const service = new Md5Service();
    await s.run().ask(service, query, s.asking);
    s.clock.time += 1000 * HOUR;
    const parked = s.run(HOUR, new Set([query.sha256]));
    assert.ok(parked.known(service.id, service.variant, query.sha256));
    assert.equal(parked.known(service.id, service.variant, queryOf('/inbox/b.jpg').sha256), undefined);
  });

  it('is neither that of another service nor that about another picture', async () => {
    await using s = await scene();
    const run = s.run();
    await run.ask(new Md5Service(), query, s.asking);
    assert.equal(run.known('yandere-md5', '1', query.sha256), undefined);
    assert.equal(run.known('danbooru-md5', '2', query.sha256), undefined);
    assert.equal(run.known('danbooru-md5', '1', queryOf('/inbox/b.jpg').sha256), undefined);
  });

  it('is from an earlier run also when the service was asked in this one for another MD5 that the name carries', async () => {
    await using s = await scene();
    const service = new Md5Service();
    await s.run().ask(service, query, s.asking);
    const run = s.run();
    await run.keep(service.id, `${service.variant} ${md5Of('a')}`, query.sha256, NO_MATCH, s.asking);
    assert.equal(run.known(service.id, service.variant, query.sha256)?.cached, true);
    assert.equal(run.known(service.id, `${service.variant} ${md5Of('a')}`, query.sha256)?.cached, false);
  });

  it('is kept only when it is a fact about the picture', async () => {
    await using s = await scene();
    const troubles: readonly SearchAnswer[] = [
      { kind: 'error', reason: 'network', message: 'down' },
      { kind: 'quota', until: 0, why: 'spent' },
      { kind: 'unavailable', why: 'no key' },
    ];
    for (const trouble of troubles) {
      const run = s.run();
      const service = new Md5Service({ [query.md5]: trouble });
      const remember = () => assert.fail('it was written down');
      assert.deepEqual(await run.ask(service, query, { ...s.asking, remember }), trouble);
      assert.equal(run.known(service.id, service.variant, query.sha256), undefined, trouble.kind);
    }
  });

  it('is asked for once, also of a post, and again when the site did not have it', async () => {
    await using s = await scene();
    const run = s.run();
    const post = postOf('danbooru', '1', { md5: md5Of('1') });
    const site = new Site('danbooru', { 1: { kind: 'post', post } });
    for (let i = 0; i < 2; i++) assert.deepEqual(await run.post(site, post.ref, never), { kind: 'post', post });
    assert.deepEqual(site.asked, ['1']);
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(await run.post(site, { site: 'danbooru', id: '2' }, never), { kind: 'gone' });
    }
    assert.deepEqual(site.asked, ['1', '2', '2']);
    s.clock.time += 49 * HOUR;
    await s.run().post(site, post.ref, never);
    assert.deepEqual(site.asked.at(-1), '1', 'its tags may be better kept by now');
  });
});
