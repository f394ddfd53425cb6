import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { generatePost } from '../services/generated.ts';
import type { Post } from '../services/posts.ts';
import { freeAccount } from '../services/saucenao.ts';
import { Library, smallPicture } from './library.ts';

const DAY = 86_400_000;

/** 60 % whose file is on Danbooru, 15 % near copies (of those and of others), the rest to be searched. */
const COUNTS = { known: 600, copies: 150, unknown: 250 };

describe('The searches that a thousand images need', () => {
  it('are one for each picture that nobody knows by its bytes, within every limit, over as many days as that takes', async () => {
    await using library = await Library.create();
    const posts: Post[] = [];
    const pictures: Buffer[] = [];
    for (let n = 0; n < COUNTS.known + COUNTS.unknown; n++) {
      const picture = await smallPicture(n);
      pictures.push(picture);
      const post = await generatePost(n, picture);
      // of those that Danbooru has no file of, SauceNAO knows two thirds as another file
      if (n < COUNTS.known) posts.push(post);
      else if (n % 3 > 0) posts.push({ ...post, md5: post.md5.split('').reverse().join('') });
    }
    // names such that copies come before their originals as often as after them
    const name = (n: number): string => `${String((n * 7919) % 10_007).padStart(5, '0')}.jpg`;
    pictures.forEach((picture, n) => writeFileSync(join(library.inbox, name(n)), picture));
    for (let n = 0; n < COUNTS.copies; n++) {
      const picture = pictures[n * 5] ?? assert.fail();
      const { width } = await sharp(picture).metadata();
      const copy = sharp(picture)
        .resize(Math.round(width * (n % 2 === 0 ? 1 : 0.75)))
        .jpeg({ quality: 60 + (n % 30) });
      writeFileSync(join(library.inbox, name(2000 + n)), await copy.toBuffer());
    }
    const services = await library.serve(posts, { saucenao: { limits: freeAccount } });
    library.settings = { 'search.providers': ['danbooru-md5', 'saucenao'], 'search.cacheHours': 24 * 7 };

    const first = await library.run();
    assert.equal(first.statistics['total'], 1000);
    assert.equal(services.saucenao.requests.length, 100, 'the quota of the day is used up, and no more is asked for');
    assert.ok((first.statistics['awaitingQuota'] ?? 0) >= 150);
    let last = first;
    let days = 1;
    while ((last.statistics['awaitingQuota'] ?? 0) > 0 && days < 9) {
      library.clock.time += DAY;
      last = await library.run('resume');
      days++;
    }

    const refused = services.saucenao.requests.filter(({ answered }) => answered?.status === 429);
    assert.deepEqual(refused, [], 'no limit is run into');
    assert.equal(services.saucenao.requests.length, COUNTS.unknown);
    assert.equal(days, 3, '250 searches at 100 a day');
    assert.equal(last.statistics['awaitingQuota'], 0);
    assert.equal(services.danbooru.requests.filter(({ query }) => query.get('tags')?.startsWith('md5:')).length, 1000);
    const planned = library.events.flatMap((event) => (event.kind === 'search-planned' ? [event.plan] : []));
    assert.deepEqual(
      planned.map(({ toSearch }) => toSearch),
      [250, 150, 50],
    );
  });
});
