import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestImage } from '../cli/commandLine.ts';
import type { Fault } from '../services/faults.ts';
import { generatePost } from '../services/generated.ts';
import { unlimited } from '../services/saucenao.ts';
import type { Services } from '../services/start.ts';
import { Library, smallPicture } from './library.ts';

/** Twelve pictures: the first six are on Danbooru byte for byte, SauceNAO knows four of the others, nobody two. */
async function dozen(): Promise<Library> {
  const library = await Library.create();
  const posts = [];
  for (let n = 0; n < 12; n++) {
    const picture = await smallPicture(n);
    writeFileSync(join(library.inbox, `${n}.jpg`), picture);
    const post = await generatePost(n, picture);
    if (n < 6) posts.push(post);
    else if (n < 10) posts.push({ ...post, md5: post.md5.split('').reverse().join('') });
  }
  await library.serve(posts, { saucenao: { limits: unlimited } });
  library.settings = { 'search.providers': ['danbooru-md5', 'saucenao'] };
  return library;
}

const verdicts = (manifest: Awaited<ReturnType<Library['run']>>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { stages } of manifest.images) {
    const verdict = (stages['search']?.['verdict'] ?? 'none') as string;
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
};

/** Whatever is found here has a post with tags. */
const hasItsTags = ({ stages }: ManifestImage): boolean =>
  stages['search']?.['verdict'] !== 'found' ||
  (stages['search']['tags'] as { character: unknown[] }).character.length > 0;

const WELL = { found: 10, 'no-match': 2 };

/** How long a service may take for an exchange, milliseconds. */
const PATIENCE = { saucenao: 90_000, danbooru: 60_000 };

/** Lets the time that a hanging service is given pass at once; the others keep theirs. */
function hurry(service: keyof typeof PATIENCE): Disposable {
  const real = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => real(ms === PATIENCE[service] ? 50 : ms);
  return { [Symbol.dispose]: () => (AbortSignal.timeout = real) };
}

describe('A search in trouble', () => {
  const troubles: Readonly<Record<string, { readonly fault: Fault; readonly reason: RegExp }>> = {
    'answers 500 for an hour': { fault: { kind: 'status', status: 500 }, reason: /status 500/ },
    'is put behind a check of Cloudflare': { fault: { kind: 'cloudflare' }, reason: /Cloudflare|turns programs away/ },
    hangs: { fault: { kind: 'hang' }, reason: /did not answer in time/ },
    'sends a web page instead of JSON': { fault: { kind: 'html' }, reason: /not its JSON|no JSON/ },
    'breaks the connection in the middle of its answers': {
      fault: { kind: 'reset', afterBytes: 1 },
      reason: /can't be reached/,
    },
    'asks for patience': { fault: { kind: 'status', status: 429, retryAfter: 600 }, reason: /asked too often/ },
  };
  for (const [what, { fault, reason }] of Object.entries(troubles)) {
    for (const name of ['saucenao', 'danbooru'] as const) {
      it(`ends, and says so, when ${name} ${what}; later the same images are found`, async () => {
        await using library = await dozen();
        const service: Services[typeof name] = library.services[name];
        service.setFaults([{ fault }]);
        let troubled: Awaited<ReturnType<Library['run']>>;
        {
          using _ = fault.kind === 'hang' ? hurry(name) : undefined;
          troubled = await library.run();
        }
        const told = verdicts(troubled);
        assert.equal(told['error'], troubled.statistics['failed'], 'each that could not be searched is told as failed');
        assert.ok((told['error'] ?? 0) >= 2);
        // who is not asked when all is well is not told apart from who has no match
        assert.equal(told['no-match'] ?? 0, 0, 'a service that failed has not said that it knows nothing');
        assert.ok(troubled.images.every(hasItsTags), 'none passes as found without its tags');
        if (name === 'danbooru') {
          assert.equal(library.services.saucenao.requests.length, 0, 'no search is spent on what Danbooru may know');
        }
        const failed = troubled.images.find(({ stages }) => stages['search']?.status === 'failed');
        assert.match(failed?.stages['search']?.error?.message ?? '', reason);
        const report = readdirSync(library.sorted).find((entry) => entry.startsWith('errors_'));
        const text = readFileSync(join(library.sorted, report ?? assert.fail('no error report')), 'utf8');
        assert.match(text, reason);
        assert.match(text, new RegExp(`^Search of all images: .*\\b${told['error']} could not be searched`, 'm'));

        service.setFaults([]);
        library.clock.time += 3_600_000;
        const well = await library.run();
        assert.equal(well.statistics['failed'], 0);
        const after = new Map(troubled.images.map(({ source, stages }) => [source, stages['search']?.['verdict']]));
        assert.ok(well.images.every(hasItsTags));
        for (const { source, stages } of well.images) after.set(source, stages['search']?.['verdict']);
        const counts: Record<string, number> = {};
        for (const verdict of after.values()) counts[String(verdict)] = (counts[String(verdict)] ?? 0) + 1;
        assert.deepEqual(counts, WELL, 'nothing wrong was kept');
      });
    }
  }

  it('ends when the network is cut in the middle, and goes on where it was when it is back', async () => {
    await using library = await dozen();
    const { danbooru, saucenao } = library.services;
    const cut: Fault = { kind: 'reset', afterBytes: 0 };
    // three look-ups come through
    danbooru.setFaults([{ fault: { kind: 'latency', ms: 0 }, times: 3 }]);
    const stop = library.events.push.bind(library.events);
    let ended = 0;
    library.events.push = (...events) => {
      for (const event of events) {
        if (event.kind === 'stage-ended' && event.stage === 'search' && ++ended === 3) {
          danbooru.setFaults([{ fault: cut }]);
          saucenao.setFaults([{ fault: cut }]);
        }
      }
      return stop(...events);
    };
    const troubled = await library.run();
    assert.ok((verdicts(troubled)['found'] ?? 0) >= 3);
    assert.ok((troubled.statistics['failed'] ?? 0) > 0);
    const asked = danbooru.requests.length;
    assert.ok(asked < 3 * 12, 'a service that is down is left alone');

    danbooru.setFaults([]);
    saucenao.setFaults([]);
    library.clock.time += 3_600_000;
    const well = await library.run();
    assert.equal(well.statistics['failed'], 0);
  });

  it('sends nothing to another host that a service redirects to', async () => {
    const strangers: string[] = [];
    const elsewhere = createServer((request, response) => {
      strangers.push(request.url ?? '');
      response.end('[]');
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    try {
      await using library = await dozen();
      const to = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
      for (const name of ['saucenao', 'danbooru'] as const) {
        library.services[name].setFaults([{ fault: { kind: 'redirect', to } }]);
      }
      const troubled = await library.run();
      assert.deepEqual(strangers, []);
      assert.deepEqual(verdicts(troubled), { error: 12 });
    } finally {
      elsewhere.close();
    }
  });

  it('fetches nothing that an answer names', async () => {
    const strangers: string[] = [];
    const elsewhere = createServer((request, response) => {
      strangers.push(request.url ?? '');
      response.end();
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    try {
      await using library = await Library.create();
      const source = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/original.png`;
      const picture = await smallPicture(3);
      const post = { ...(await generatePost(3, picture)), source };
      writeFileSync(join(library.inbox, 'exact.jpg'), picture);
      writeFileSync(join(library.inbox, 'other.jpg'), await smallPicture(4));
      const other = await generatePost(4, await smallPicture(4));
      await library.serve([post, { ...other, source, md5: other.md5.split('').reverse().join('') }]);
      const { images } = await library.run();
      for (const { stages } of images) {
        assert.ok((stages['search']?.['sources'] as string[]).includes(source), 'it is written down');
      }
      assert.deepEqual(strangers, []);
    } finally {
      elsewhere.close();
    }
  });

  it('writes neither key nor login nor a signed address anywhere, whatever goes wrong', async () => {
    await using library = await dozen();
    const secrets = {
      saucenaoApiKey: library.secrets.saucenaoApiKey ?? assert.fail(),
      danbooruLogin: 'no one in particular',
      danbooruApiKey: 'k3y+with/odd=signs&more',
    };
    library.secrets = secrets;
    library.settings = { 'search.providers': ['danbooru-md5', 'danbooru-iqdb', 'saucenao', 'iqdb'] };
    await library.run();
    for (const fault of [
      { kind: 'status', status: 500 },
      { kind: 'cloudflare' },
      { kind: 'html' },
      { kind: 'reset', afterBytes: 5 },
    ] as const satisfies Fault[]) {
      for (const name of ['saucenao', 'danbooru', 'iqdb'] as const) library.services[name].setFaults([{ fault }]);
      library.clock.time += 3_600_000 * 24 * 3;
      writeFileSync(join(library.inbox, `${fault.kind}.jpg`), await smallPicture(1000 + library.events.length));
      await library.run();
    }
    const written = library.written();
    assert.ok(written.includes('saucenao'), 'the run has written something to look through');
    for (const secret of Object.values(secrets)) {
      for (const form of [secret, encodeURIComponent(secret), secret.replaceAll(' ', '+'), btoa(secret)]) {
        assert.ok(!written.includes(form), `${form} is in what was written`);
      }
    }
    assert.ok(!written.includes(btoa(`${secrets.danbooruLogin}:${secrets.danbooruApiKey}`)));
    assert.doesNotMatch(written, /\b(?:auth|exp)=(?!\*\*\*)\w/);
    assert.doesNotMatch(written, /api_key=(?!\*\*\*)/);
  });
});
