import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { planText } from '../../src/core/search/searchPlan.ts';
import { jxlHead } from '../adapters/image/specimens.ts';
import { generatePost } from '../services/generated.ts';
import type { Post } from '../services/posts.ts';
import { unlimited } from '../services/saucenao.ts';
import { Library, smallPicture } from './library.ts';

/** So many pictures; SauceNAO knows none of them, or all as other files. */
async function pictures(count: number, known: boolean): Promise<{ library: Library; posts: Post[] }> {
  const library = await Library.create();
  const posts: Post[] = [];
  for (let n = 0; n < count; n++) {
    const picture = await smallPicture(n);
    writeFileSync(join(library.inbox, `${n}.jpg`), picture);
    const post = await generatePost(n, picture);
    if (known) posts.push({ ...post, md5: post.md5.split('').reverse().join('') });
  }
  library.settings = { 'search.providers': ['danbooru-md5', 'saucenao'] };
  return { library, posts };
}

const perDay = (limit: number) => ({
  saucenao: { limits: { ...unlimited, long: { limit, seconds: 86_400 } } },
});

describe('What a search says of the images', () => {
  it('is a time of its own for each that waits for quota, and they are answered without being asked again', async () => {
    const { library, posts } = await pictures(6, true);
    await using _ = library;
    const services = await library.serve(posts, perDay(2));
    library.settings = { ...library.settings, 'search.cacheHours': 1 };
    const first = await library.run();
    const untils = first.images.flatMap(({ stages }) => (stages['search']?.['until'] as string | undefined) ?? []);
    assert.equal(untils.length, 4);
    assert.deepEqual(
      untils.map((until) => until.slice(8, 10)).sort(),
      ['02', '02', '03', '03'],
      'two tomorrow, two the day after',
    );
    for (let day = 1; day <= 2; day++) {
      library.clock.time += 86_400_000;
      await library.run('resume');
    }
    assert.equal(services.saucenao.requests.length, 6);
    const looked = services.danbooru.requests.filter(({ query }) => query.get('tags')?.startsWith('md5:'));
    assert.equal(looked.length, 6, 'what was answered counts for as long as the image waits');
  });

  it('is the same time for a picture that waits for quota and for its near copies', async () => {
    const { library, posts } = await pictures(3, true);
    await using _ = library;
    for (let n = 0; n < 3; n++) {
      const copy = sharp(await smallPicture(n)).jpeg({ quality: 75 });
      writeFileSync(join(library.inbox, `copy of ${n}.jpg`), await copy.toBuffer());
    }
    await library.serve(posts, perDay(1));
    const { images } = await library.run();
    const untilOf = new Map(images.map(({ source, stages }) => [source, stages['search']?.['until']]));
    const days = [0, 1, 2].map((n) =>
      [`${n}.jpg`, `copy of ${n}.jpg`].map((name) => {
        const until = untilOf.get(join(library.inbox, name));
        return typeof until === 'string' ? until.slice(8, 10) : 'found';
      }),
    );
    for (const [one, other] of days) assert.equal(one, other);
    assert.deepEqual(days.map(([day]) => day).sort(), ['02', '03', 'found']);
  });

  it('keeps those that wait for quota parked when a run is offline', async () => {
    const { library, posts } = await pictures(3, true);
    await using _ = library;
    await library.serve(posts, perDay(1));
    await library.run();
    const { engine } = library.compose();
    const report = await engine.run({ command: 'process', offline: true, overrides: {} }, new AbortController().signal);
    assert.equal(report?.statistics.awaitingQuota, 2);
    library.clock.time += 86_400_000;
    assert.equal((await library.run('resume')).statistics['awaitingQuota'], 1);
  });

  it('takes offline what was answered before, and what lies beside the image', async () => {
    const { library, posts } = await pictures(2, true);
    await using _ = library;
    await library.serve(posts, { saucenao: { limits: unlimited } });
    await library.run();
    const asked = library.services.saucenao.requests.length;
    writeFileSync(join(library.inbox, 'beside.jpg'), await smallPicture(99));
    writeFileSync(join(library.inbox, 'beside.jpg.txt'), 'creator:someone\nblue eyes');
    const { engine } = library.compose();
    const request = { command: 'process', offline: true, reprocess: true, overrides: {} } as const;
    const report = await engine.run(request, new AbortController().signal);
    assert.equal(report?.statistics.search.byCache, 2);
    assert.equal(report.statistics.search.byTrace, 1);
    assert.equal(library.services.saucenao.requests.length, asked);
  });

  for (const [what, providers] of [
    ['', ['danbooru-md5', 'saucenao']],
    [', also where a service can’t be asked', ['danbooru-md5', 'danbooru-iqdb', 'saucenao']],
  ] as const) {
    it(`marks a near copy without a match as searched for the other${what}, and counts no answer of this run as cached`, async () => {
      const { library } = await pictures(1, false);
      await using _ = library;
      library.settings = { 'search.providers': providers };
      const copy = await sharp(await smallPicture(0))
        .jpeg({ quality: 75 })
        .toBuffer();
      writeFileSync(join(library.inbox, 'copy.jpg'), copy);
      await library.serve([], { saucenao: { limits: unlimited } });
      const { images, statistics } = await library.run();
      assert.equal(library.services.saucenao.requests.length, 1);
      assert.equal(statistics['cacheHits'], 0);
      const of = images.map(({ stages }) => stages['search']?.['copyOf']).filter((path) => path !== undefined);
      assert.equal(of.length, 1);
      assert.ok(images.some(({ source }) => source === of[0]));
    });
  }

  it('takes no tags from a file beside the image whose post has another shape', async () => {
    const { library } = await pictures(1, false);
    await using _ = library;
    const post = await generatePost(5, await smallPicture(5));
    const wrong = { ...post, sites: { danbooru: 123_456 }, width: 500, height: 900, foundBy: [] };
    await library.serve([wrong], { saucenao: { limits: unlimited } });
    const told = {
      category: 'danbooru',
      subcategory: 'post',
      id: 123_456,
      tags_artist: ['wrong'],
      tags_general: ['wrong'],
    };
    writeFileSync(join(library.inbox, '0.jpg.json'), JSON.stringify(told));
    const search = (await library.run()).images[0]?.stages['search'];
    assert.equal(search?.['verdict'], 'no-match');
    assert.match(String(search['reason']), /another shape/);
  });

  it('looks at the shape also where nothing is searched by it', async () => {
    const { library } = await pictures(0, false);
    await using _ = library;
    writeFileSync(join(library.inbox, 'danbooru_123456.jpg'), await smallPicture(1));
    const post = await generatePost(5, await smallPicture(5));
    await library.serve([{ ...post, sites: { danbooru: 123_456 }, width: 500, height: 900 }]);
    library.settings = { 'search.providers': ['danbooru-md5'] };
    assert.equal((await library.run()).images[0]?.stages['search']?.['verdict'], 'no-match');
  });

  it('takes a note beside the image for no tags', async () => {
    const { library } = await pictures(1, false);
    await using _ = library;
    await library.serve([], { saucenao: { limits: unlimited } });
    for (const note of [
      'Scanned by Anna, check colours later',
      'TODO',
      'Photo: Anna\nPlace: Rome',
      'my holiday in rome',
    ]) {
      writeFileSync(join(library.inbox, '0.jpg.txt'), note);
      const search = (await library.run()).images[0]?.stages['search'];
      assert.equal(search?.['verdict'], 'no-match', note);
    }
  });

  it('goes on at Danbooru without a login that it refuses', async () => {
    const { library } = await pictures(1, false);
    await using _ = library;
    const post = await generatePost(0, await smallPicture(0));
    await library.serve([post], { saucenao: { limits: unlimited } });
    library.secrets = { ...library.secrets, danbooruLogin: 'nobody', danbooruApiKey: 'wrong' };
    const { images } = await library.run();
    assert.equal(images[0]?.stages['search']?.['provider'], 'danbooru-md5');
    assert.equal(library.services.saucenao.requests.length, 0);
  });

  it('tells of a picture that can’t be decoded that nobody has searched by its look', async () => {
    const { library } = await pictures(0, false);
    await using _ = library;
    writeFileSync(join(library.inbox, 'new.jxl'), jxlHead());
    await library.serve([], { saucenao: { limits: unlimited } });
    const search = (await library.run()).images[0]?.stages['search'];
    assert.equal(search?.['verdict'], 'no-match');
    assert.equal(search['bestSimilarity'], undefined);
    assert.equal(
      search['reason'],
      'danbooru-md5: no match; saucenao: not asked (The installed decoder does not read JPEG XL)',
    );
    const [plan] = library.events.flatMap((event) => (event.kind === 'search-planned' ? [event.plan] : []));
    assert.ok(plan);
    assert.equal(
      planText(plan, library.clock.now()),
      '1 image: 1 can’t be decoded and so not searched by look, none needs a search',
    );
    const warnings = library.events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
    assert.deepEqual(warnings, [
      'The installed decoder does not read JPEG XL: such pictures are looked up by their bytes, but not searched by their look',
    ]);
  });

  it('fails an image whose name leads to a site that is down, and does not take it for unknown', async () => {
    const { library } = await pictures(0, false);
    await using _ = library;
    writeFileSync(join(library.inbox, 'yande.re 123456 aoi.jpg'), await smallPicture(1));
    await library.serve([], { saucenao: { limits: unlimited } });
    library.services.yandere.setFaults([{ fault: { kind: 'status', status: 503 } }]);
    const { images } = await library.run();
    assert.equal(images[0]?.stages['search']?.status, 'failed');
    assert.equal(library.services.saucenao.requests.length, 0, 'and no search is spent on it');
  });
});
