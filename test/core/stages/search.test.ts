import assert from 'node:assert/strict';
import { DecoderLacks, ImageError } from '../../../src/core/model/failure.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { SearchAnswer } from '../../../src/core/ports/reverseImageSearch.ts';
import { storyOf } from '../journal/story.ts';
import {
  DOWN,
  found,
  lookOfNumber,
  NO_MATCH,
  postOf,
  resultFrom,
  SearchDesk,
  SPENT,
  SPENT_UNTIL,
  undecodable,
  worn,
} from './searchDesk.ts';

const OTHER_MD5 = '0123456789abcdef0123456789abcdef';
/** downloads that carry a post's number, and a work's on a site that keeps no tags */
const NUMBERED = 'danbooru_1234567.jpg';
const WORK = '12345678_p0.jpg';
const WORK_PAGE = 'https://pixiv/12345678';

const [HOUR, DAY] = [3_600_000, 86_400_000];

describe('The stage search', () => {
  let desk: SearchDesk;
  beforeEach(async () => {
    desk = await SearchDesk.open();
  });
  afterEach(() => desk[Symbol.dispose]());

  /** Two pictures that show the same. */
  const nearCopies = (...names: readonly string[]): void => {
    for (const [n, name] of names.entries()) desk.looks.set(name, n === 0 ? lookOfNumber(7) : worn(lookOfNumber(7)));
  };

  describe('asks', () => {
    it('nobody by the look who is known by the bytes, and nobody by the look before all were looked up', async () => {
      desk.danbooru.says.set('a.jpg', found('1', 100));
      const { first, last } = await desk.run('a.jpg', 'b.jpg', 'c.jpg');
      assert.equal(first.get('a.jpg')?.kind, 'done');
      assert.equal(first.get('b.jpg')?.kind, 'put-off');
      assert.deepEqual(desk.asked.slice(0, 3).sort(), [
        'danbooru-md5 a.jpg',
        'danbooru-md5 b.jpg',
        'danbooru-md5 c.jpg',
      ]);
      assert.deepEqual([...desk.iqdb.asked].sort(), ['b.jpg', 'c.jpg']);
      assert.deepEqual([...desk.saucenao.asked].sort(), ['b.jpg', 'c.jpg']);
      assert.equal(desk.danbooru.asked.length, 3);
      assert.equal(last.get('b.jpg')?.kind, 'done');
      assert.deepEqual([...desk.uploads].sort(), ['b.jpg', 'c.jpg'], 'one copy serves all services');
    });

    it('no other service once one knows the picture', async () => {
      desk.iqdb.says.set('a.jpg', found('1', 92.5));
      const result = resultFrom(await desk.run('a.jpg'), 'a.jpg');
      assert.equal(result.verdict, 'found');
      assert.equal(result.match?.provider, 'iqdb');
      assert.equal(result.match.similarity, 92.5);
      assert.deepEqual(result.match.tags.general, ['tag 1']);
      assert.equal(result.cached, undefined);
      assert.deepEqual(desk.saucenao.asked, []);
    });

    it('nobody again who has answered in an earlier run', async () => {
      desk.iqdb.says.set('a.jpg', found('1'));
      await desk.run('a.jpg', 'b.jpg');
      const before = [...desk.asked];
      desk.states.clear();
      const again = await desk.run('a.jpg', 'b.jpg');
      assert.deepEqual(desk.asked, before);
      assert.equal(again.plan, undefined);
      assert.equal(resultFrom(again, 'a.jpg').cached, true);
      assert.equal(resultFrom(again, 'a.jpg').match?.url, 'https://danbooru/1');
      assert.equal(resultFrom(again, 'b.jpg').verdict, 'no-match');
      assert.equal(resultFrom(again, 'b.jpg').cached, true);
      assert.deepEqual([...desk.looked].sort(), ['a.jpg', 'b.jpg'], 'nor is a picture decoded again');
    });

    it('again when the answer is older than answers may be, but not of an image that was parked all the time', async () => {
      desk.saucenao.says.set('parked.jpg', SPENT);
      desk.saucenao.says.set('failed.jpg', DOWN);
      await desk.run('failed.jpg', 'parked.jpg');
      desk.clock.time += 31 * DAY;
      desk.asked.length = 0;
      await desk.run('failed.jpg', 'parked.jpg');
      assert.deepEqual([...desk.asked].sort(), [
        'danbooru-md5 failed.jpg',
        'iqdb failed.jpg',
        'saucenao failed.jpg',
        'saucenao parked.jpg',
      ]);
    });

    it('for the picture’s look only where somebody searches by it', async () => {
      desk.services = [desk.danbooru];
      const { last } = await desk.run('a.jpg');
      assert.equal(last.get('a.jpg')?.kind, 'done');
      assert.deepEqual(desk.looked, []);
    });
  });

  describe('says', () => {
    it('that nothing matches only when every service has said so, with the best that was seen', async () => {
      desk.iqdb.otherwise = { kind: 'no-match', best: 62, threshold: 80 };
      desk.saucenao.otherwise = { kind: 'no-match', best: 41, threshold: 70 };
      const result = resultFrom(await desk.run('a.jpg'), 'a.jpg');
      assert.equal(result.verdict, 'no-match');
      assert.equal(result.bestSimilarity, 62);
      for (const id of ['danbooru-md5', 'iqdb', 'saucenao']) assert.ok(result.reason?.includes(id), id);
      assert.equal(result.cached, undefined);
      assert.equal(result.copyOf, undefined);
    });

    it('of an answer of this run not that it were from before', async () => {
      desk.services = [desk.saucenao];
      assert.equal(resultFrom(await desk.run('a.jpg'), 'a.jpg').cached, undefined);
    });

    it('that it failed where a service did, and the next run asks that one alone', async () => {
      desk.iqdb.otherwise = DOWN;
      const { last } = await desk.run('a.jpg');
      const outcome = last.get('a.jpg');
      assert.ok(outcome?.kind === 'failed');
      assert.equal(outcome.error.reason, 'network');
      assert.equal(outcome.result?.verdict, 'error');
      desk.iqdb.otherwise = found('1');
      desk.asked.length = 0;
      assert.equal(resultFrom(await desk.run('a.jpg'), 'a.jpg').match?.provider, 'iqdb');
      assert.deepEqual(desk.asked, ['iqdb a.jpg']);
    });

    it('the same of one that comes late in line, and looks all others up before it is asked again', async () => {
      desk.saucenao.otherwise = DOWN;
      await desk.run('a.jpg');
      desk.saucenao.otherwise = found('1');
      const searched = await desk.run('a.jpg');
      assert.equal(searched.first.get('a.jpg')?.kind, 'put-off');
      assert.equal(resultFrom(searched, 'a.jpg').match?.provider, 'saucenao');
    });

    it('that nothing is left where the post is gone, after the other services were asked', async () => {
      const ref = { site: 'danbooru', id: '9' } as const;
      const gone: SearchAnswer = {
        kind: 'found',
        candidates: [{ similarity: 95, url: '', posts: [ref], sources: [] }],
      };
      desk.iqdb.otherwise = gone;
      const result = resultFrom(await desk.run('a.jpg'), 'a.jpg');
      assert.equal(result.verdict, 'filtered');
      assert.ok(result.reason?.includes('danbooru 9'));
      assert.deepEqual(desk.saucenao.asked, ['a.jpg']);
    });

    it('of a service that can’t be asked why, and goes on with the others', async () => {
      desk.iqdb.otherwise = { kind: 'unavailable', why: 'no key is set' };
      desk.saucenao.says.set('a.jpg', found('1'));
      assert.equal(resultFrom(await desk.run('a.jpg'), 'a.jpg').match?.provider, 'saucenao');
      assert.equal(desk.warnings.length, 1);
      assert.match(desk.warnings[0] ?? '', /iqdb.*no key is set/);
    });

    it('of a picture that can’t be decoded not that the service were passed over', async () => {
      desk.iqdb.otherwise = { kind: 'unavailable', why: 'no JPEG XL here', about: 'picture' };
      await desk.run('a.jpg');
      assert.match(desk.warnings.join(), /no JPEG XL here/);
      assert.doesNotMatch(desk.warnings.join(), /passed over/);
    });

    it('nothing of the image where nobody can be asked, which then goes on without', async () => {
      for (const service of desk.services) service.otherwise = { kind: 'unavailable', why: 'no key' };
      const { last } = await desk.run('a.jpg');
      assert.equal(last.get('a.jpg')?.kind, 'skipped');
    });

    it('what was wrong with files beside the image', async () => {
      desk.problems = ['a.jpg.json is cut off.'];
      await desk.run('a.jpg');
      assert.ok(desk.warnings.includes('a.jpg.json is cut off.'));
      desk.warnings.length = 0;
      desk.offline = 'offline';
      await desk.run('b.jpg');
      assert.deepEqual(desk.warnings, ['a.jpg.json is cut off.']);
    });

    it('the picture’s own trouble as that of the image, and leaves another try to who made the error', async () => {
      desk.iqdb.says.set('a.jpg', undecodable);
      const { last } = await desk.run('a.jpg');
      const outcome = last.get('a.jpg');
      assert.ok(outcome?.kind === 'failed');
      assert.equal(outcome.error.reason, 'corrupt');
      assert.equal(outcome.error.message, undecodable.message);
      assert.equal(outcome.result?.verdict, 'error');
      const transient = new ImageError('unreadable', 'the disk hiccups', { transient: true });
      desk.iqdb.says.set('b.jpg', transient);
      await assert.rejects(desk.run('b.jpg'), transient);
      const broken = new Error('a defect');
      desk.iqdb.says.set('c.jpg', broken);
      await assert.rejects(desk.run('c.jpg'), broken);
    });

    it('that it can’t search what was not read', async () => {
      const unread: ImageState = { image: storyOf('a.jpg').image, stages: {}, operations: [] };
      await assert.rejects(desk.stage().run(unread, desk.context(false)), /fingerprint of \/in\/a\.jpg/);
    });

    it('none of the tags that are to be ignored', async () => {
      desk.ignoredTags = ['tag*'];
      desk.iqdb.otherwise = found('1');
      assert.deepEqual(resultFrom(await desk.run('a.jpg'), 'a.jpg').match?.tags, NO_TAGS);
    });
  });

  describe('spends none of the day’s searches', () => {
    it('while a free look-up fails, and asks those that are free', async () => {
      desk.danbooru.otherwise = DOWN;
      const { last } = await desk.run('a.jpg');
      const outcome = last.get('a.jpg');
      assert.ok(outcome?.kind === 'failed');
      assert.match(outcome.result?.reason ?? '', /saucenao: not asked while a free look-up fails/);
      assert.deepEqual(desk.iqdb.asked, ['a.jpg']);
      assert.deepEqual(desk.saucenao.asked, []);
    });

    it('but takes what the service has said before', async () => {
      desk.saucenao.otherwise = DOWN;
      await desk.run('a.jpg');
      desk.clock.time += 20 * DAY;
      desk.saucenao.otherwise = found('1');
      await desk.run('a.jpg');
      desk.states.clear();
      // only the later answer counts still
      desk.clock.time += 11 * DAY;
      desk.danbooru.otherwise = DOWN;
      const result = resultFrom(await desk.run('a.jpg'), 'a.jpg');
      assert.deepEqual(result.match?.tags.general, ['tag 1']);
      assert.equal(result.cached, true);
      assert.deepEqual(desk.saucenao.asked, ['a.jpg', 'a.jpg']);
    });

    it('also where a free search by the look is what fails: that one is worth it', async () => {
      desk.iqdb.otherwise = DOWN;
      await desk.run('a.jpg');
      assert.deepEqual(desk.saucenao.asked, ['a.jpg']);
    });

    it('while the site is down that the name leads to, which is asked once more when all others are through', async () => {
      desk.posts.set('danbooru 1234567', DOWN);
      const { last } = await desk.run(NUMBERED);
      const outcome = last.get(NUMBERED);
      assert.ok(outcome?.kind === 'failed');
      assert.match(outcome.error.message, /danbooru 1234567/);
      assert.deepEqual(desk.fetched, ['danbooru 1234567', 'danbooru 1234567']);
      assert.deepEqual(desk.saucenao.asked, []);
    });
  });

  describe('of images that wait for quota', () => {
    const times = [1, 2, 3].map((n) => SPENT_UNTIL + n * HOUR);
    const untilOf = async (...names: readonly string[]) => {
      const { last } = await desk.run(...names);
      return names.map((name) => {
        const outcome = last.get(name);
        assert.ok(outcome?.kind === 'waiting', name);
        assert.equal(outcome.why, 'quota');
        assert.equal(outcome.result?.verdict, 'quota');
        return outcome.until && Date.parse(outcome.until);
      });
    };

    beforeEach(() => {
      desk.saucenao.otherwise = SPENT;
    });

    it('gives each a time of its own, as many as are left to search', async () => {
      desk.saucenao.says.set('a.jpg', NO_MATCH);
      desk.saucenao.times = times;
      const { last } = await desk.run('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg');
      // once for the plan of four; then for the three that nobody has searched
      assert.deepEqual([...new Set(desk.saucenao.forecasts)], [4, 3]);
      const until = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((name) => (last.get(name) as { until?: string }).until);
      assert.deepEqual(until, [undefined, ...times.map((time) => new Date(time).toISOString())]);
    });

    it('gives those the last time for which the limits tell none', async () => {
      desk.saucenao.times = times;
      assert.deepEqual(await untilOf('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'), [...times, times[2], times[2]]);
    });

    it('tells the time of a service whose searches are not counted by the day, too', async () => {
      desk.services = [desk.danbooru, desk.iqdb];
      desk.iqdb.otherwise = SPENT;
      assert.deepEqual(await untilOf('a.jpg'), [SPENT_UNTIL]);
    });

    it('gives near copies the same time, of which one search is enough', async () => {
      desk.saucenao.times = times;
      nearCopies('a.jpg', 'b.jpg');
      assert.deepEqual(await untilOf('a.jpg', 'b.jpg', 'c.jpg'), [times[0], times[0], times[1]]);
    });

    it('tells the time that the service has stated where no other is known', async () => {
      desk.saucenao.times = 'unknown';
      assert.deepEqual(await untilOf('a.jpg'), [SPENT_UNTIL]);
    });
  });

  describe('of near copies', () => {
    it('searches one, and the other has its match, as like as both steps to it', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.saucenao.otherwise = found('1', 90);
      const searched = await desk.run('a.jpg', 'b.jpg');
      assert.deepEqual(desk.saucenao.asked, ['a.jpg']);
      assert.equal(searched.plan?.toSearch, 1);
      assert.equal(searched.plan.copies, 1);
      const result = resultFrom(searched, 'b.jpg');
      assert.equal(result.verdict, 'found');
      assert.equal(result.copyOf, '/in/a.jpg');
      assert.deepEqual(result.match?.tags.general, ['tag 1']);
      // all cells are 5 of 255 apart
      assert.equal(result.match.similarity, 88.24);
      assert.equal(resultFrom(searched, 'a.jpg').copyOf, undefined);
    });

    it('searches none where one is known by its bytes, or by its name', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.danbooru.says.set('a.jpg', found('1', 100));
      assert.equal(resultFrom(await desk.run('a.jpg', 'b.jpg'), 'b.jpg').copyOf, '/in/a.jpg');

      desk.looks.set(NUMBERED, lookOfNumber(8));
      desk.looks.set('c.jpg', worn(lookOfNumber(8)));
      desk.posts.set('danbooru 1234567', { kind: 'post', post: postOf('danbooru', '1234567', 'named') });
      const searched = await desk.run(NUMBERED, 'c.jpg');
      assert.equal(searched.plan?.toSearch, 0);
      const result = resultFrom(searched, 'c.jpg');
      assert.equal(result.copyOf, `/in/${NUMBERED}`);
      assert.deepEqual(result.match?.tags.general, ['named']);
      assert.equal(result.match.similarity, undefined, 'nothing was compared with the post');
      assert.deepEqual(desk.saucenao.asked, []);
    });

    it('takes for all what no service knows of one, and names that one', async () => {
      nearCopies('a.jpg', 'b.jpg');
      const searched = await desk.run('a.jpg', 'b.jpg');
      assert.deepEqual(desk.iqdb.asked, ['a.jpg']);
      assert.deepEqual(desk.saucenao.asked, ['a.jpg']);
      const result = resultFrom(searched, 'b.jpg');
      assert.equal(result.verdict, 'no-match');
      assert.equal(result.copyOf, '/in/a.jpg');
    });

    it('asks of the second what failed for the first, and then says of it what was said of itself', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.saucenao.says.set('a.jpg', DOWN);
      const searched = await desk.run('a.jpg', 'b.jpg');
      assert.equal(searched.last.get('a.jpg')?.kind, 'failed');
      assert.deepEqual(desk.iqdb.asked, ['a.jpg']);
      assert.deepEqual(desk.saucenao.asked, ['a.jpg', 'b.jpg']);
      const result = resultFrom(searched, 'b.jpg');
      assert.equal(result.verdict, 'no-match');
      assert.equal(result.copyOf, undefined);
    });

    it('names the one that was searched also where a further service can be asked for neither', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.saucenao.otherwise = { kind: 'unavailable', why: 'no key' };
      assert.equal(resultFrom(await desk.run('a.jpg', 'b.jpg'), 'b.jpg').copyOf, '/in/a.jpg');
    });

    it('names none where each was searched by itself', async () => {
      desk.looks.set('a.jpg', undecodable);
      desk.looks.set('b.jpg', undecodable);
      await desk.run('a.jpg', 'b.jpg');
      desk.states.clear();
      nearCopies('a.jpg', 'b.jpg');
      const searched = await desk.run('a.jpg', 'b.jpg');
      for (const name of ['a.jpg', 'b.jpg']) assert.equal(resultFrom(searched, name).copyOf, undefined);
      assert.equal(desk.saucenao.asked.length, 2);
    });

    it('finds those of earlier runs, wherever they are now', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.iqdb.says.set('a.jpg', found('1'));
      await desk.run('a.jpg');
      const result = resultFrom(await desk.run('b.jpg'), 'b.jpg');
      assert.equal(result.copyOf, '/in/a.jpg');
      assert.deepEqual(desk.iqdb.asked, ['a.jpg']);
    });

    it('searches the other where of the first one’s match nothing is left', async () => {
      nearCopies('a.jpg', 'b.jpg');
      const ref = { site: 'danbooru', id: '9' } as const;
      desk.iqdb.says.set('a.jpg', {
        kind: 'found',
        candidates: [{ similarity: 95, url: '', posts: [ref], sources: [] }],
      });
      desk.iqdb.says.set('b.jpg', found('2'));
      assert.deepEqual(resultFrom(await desk.run('a.jpg', 'b.jpg'), 'b.jpg').match?.tags.general, ['tag 2']);
    });
  });

  describe('follows what a download tells of itself', () => {
    it('to a post, at no search', async () => {
      desk.posts.set('danbooru 1234567', { kind: 'post', post: postOf('danbooru', '1234567', 'named') });
      const searched = await desk.run(NUMBERED);
      const result = resultFrom(searched, NUMBERED);
      assert.equal(result.match?.provider, 'file-name');
      assert.deepEqual(result.match.tags.general, ['named']);
      assert.equal(result.cached, undefined);
      assert.equal(searched.first.get(NUMBERED)?.kind, 'done');
      assert.deepEqual(desk.asked, [`danbooru-md5 ${NUMBERED}`]);
    });

    it('not when the post has another shape', async () => {
      const post = { ...postOf('danbooru', '1234567', 'named'), width: 700, height: 1000 };
      desk.posts.set('danbooru 1234567', { kind: 'post', post });
      const result = resultFrom(await desk.run(NUMBERED), NUMBERED);
      assert.equal(result.verdict, 'no-match');
      assert.match(result.reason ?? '', /another shape/);
      desk.states.clear();
      desk.services = [desk.danbooru];
      assert.equal(
        resultFrom(await desk.run(NUMBERED), NUMBERED).verdict,
        'no-match',
        'nor where nobody searches by it',
      );
      desk.offline = 'the run is offline';
      assert.equal((await desk.run(NUMBERED)).last.get(NUMBERED)?.kind, 'skipped', 'nor offline');
    });

    it('once, when it leads nowhere', async () => {
      const result = resultFrom(await desk.run(NUMBERED), NUMBERED);
      assert.equal(result.verdict, 'no-match');
      assert.match(result.reason ?? '', /danbooru 1234567 is gone/);
      assert.deepEqual(desk.fetched, ['danbooru 1234567']);
    });

    it('to the work that it was, where no service knows it', async () => {
      const result = resultFrom(await desk.run(WORK), WORK);
      assert.equal(result.verdict, 'found');
      assert.equal(result.match?.provider, 'file-name');
      assert.equal(result.match.url, WORK_PAGE);
      assert.equal(result.cached, undefined);
      assert.deepEqual(desk.saucenao.asked, [WORK]);
    });

    it('to the work that it was, where no service can be asked, but not while one fails', async () => {
      for (const service of desk.services) service.otherwise = { kind: 'unavailable', why: 'no key' };
      assert.equal(resultFrom(await desk.run(WORK), WORK).match?.url, WORK_PAGE);
      desk.saucenao.otherwise = DOWN;
      assert.equal((await desk.run('87654321_p0.jpg')).last.get('87654321_p0.jpg')?.kind, 'failed');
    });

    it('and names the work and the addresses beside it as sources of what a search finds, each once', async () => {
      desk.beside.set(WORK, {
        file: `/in/${WORK}.json`,
        md5s: [],
        posts: [{ site: 'pixiv', id: '12345678' }],
        sources: ['https://twitter/1', 'https://danbooru/1'],
      });
      desk.saucenao.otherwise = found('1', 90, { sources: ['https://twitter/1', ''] });
      const result = resultFrom(await desk.run(WORK), WORK);
      assert.equal(result.match?.url, 'https://danbooru/1');
      assert.deepEqual(result.match.sources, ['https://twitter/1', WORK_PAGE]);
    });

    it('by its MD5 of another booru’s file', async () => {
      const name = `${OTHER_MD5}.jpg`;
      desk.danbooru.says.set(`${name} ${OTHER_MD5}`, found('5', 100));
      const result = resultFrom(await desk.run(name), name);
      assert.equal(result.match?.provider, 'file-name');
      assert.deepEqual(result.match.tags.general, ['tag 5']);
      assert.deepEqual(desk.saucenao.asked, []);
    });
  });

  it('looks the file of another booru up on Danbooru, whose tags are the better kept', async () => {
    const candidate = { similarity: 95, url: 'https://yandere/4', posts: [{ site: 'yandere', id: '4' }], sources: [], md5: OTHER_MD5 } as const; // prettier-ignore
    desk.iqdb.otherwise = { kind: 'found', candidates: [candidate] };
    desk.danbooru.says.set(`a.jpg ${OTHER_MD5}`, found('5', 100));
    desk.services = [desk.yandere, ...desk.services];
    const result = resultFrom(await desk.run('a.jpg'), 'a.jpg');
    assert.deepEqual(result.match?.post, { site: 'danbooru', id: '5' });
    assert.deepEqual(desk.fetched, []);
    assert.deepEqual(new Set(desk.yandere.asked), new Set(['a.jpg']));
  });

  describe('offline', () => {
    beforeEach(() => {
      desk.offline = 'the run is offline';
    });

    it('asks nobody, and says why', async () => {
      const { first, plan } = await desk.run('a.jpg', NUMBERED);
      assert.deepEqual(first.get('a.jpg'), { kind: 'skipped', why: 'the run is offline' });
      assert.deepEqual(first.get(NUMBERED), { kind: 'skipped', why: 'the run is offline' });
      assert.equal(plan, undefined);
      assert.deepEqual([desk.asked, desk.fetched], [[], []]);
    });

    it('takes what was answered before, by whomever, and no “no match” for the last word', async () => {
      desk.offline = undefined;
      desk.danbooru.says.set('a.jpg', found('1', 100));
      desk.saucenao.says.set('b.jpg', found('2'));
      await desk.run('a.jpg', 'b.jpg', 'c.jpg');
      desk.states.clear();
      desk.asked.length = 0;
      desk.offline = 'the run is offline';
      const searched = await desk.run('a.jpg', 'b.jpg', 'c.jpg');
      for (const [name, tag] of [
        ['a.jpg', 'tag 1'],
        ['b.jpg', 'tag 2'],
      ] as const) {
        // prettier-ignore
        const result = resultFrom(searched, name);
        assert.deepEqual(result.match?.tags.general, [tag]);
        assert.equal(result.cached, true);
      }
      assert.equal(searched.last.get('c.jpg')?.kind, 'skipped');
      assert.deepEqual(desk.asked, []);
    });

    it('takes the tags that lie beside the image, and the work that its name tells', async () => {
      const tags = { ...NO_TAGS, general: ['beside'] };
      desk.beside.set('a.jpg', { file: '/in/a.jpg.txt', md5s: [], posts: [], tags, sources: [] });
      const searched = await desk.run('a.jpg', WORK);
      assert.deepEqual(resultFrom(searched, 'a.jpg').match?.tags.general, ['beside']);
      assert.equal(resultFrom(searched, 'a.jpg').cached, undefined);
      assert.equal(resultFrom(searched, WORK).match?.url, WORK_PAGE);
    });

    it('takes no match of which the post was never fetched', async () => {
      const ref = { site: 'danbooru', id: '9' } as const;
      const untold: SearchAnswer = {
        kind: 'found',
        candidates: [{ similarity: 95, url: '', posts: [ref], sources: [] }],
      };
      desk.iqdb.otherwise = untold;
      desk.offline = undefined;
      desk.posts.set('danbooru 9', DOWN);
      assert.equal((await desk.run('a.jpg')).last.get('a.jpg')?.kind, 'failed');
      desk.fetched.length = 0;
      desk.offline = 'the run is offline';
      assert.deepEqual((await desk.run('a.jpg')).last.get('a.jpg'), { kind: 'skipped', why: 'the run is offline' });
      assert.deepEqual(desk.fetched, []);
    });

    it('looks no MD5 of another booru’s file up', async () => {
      const candidate = { similarity: 95, url: 'https://pixiv/4', posts: [{ site: 'pixiv', id: '4' }], sources: [], md5: OTHER_MD5 } as const; // prettier-ignore
      desk.offline = undefined;
      desk.danbooru.says.set(`a.jpg ${OTHER_MD5}`, NO_MATCH);
      desk.iqdb.otherwise = { kind: 'found', candidates: [candidate] };
      await desk.run('a.jpg');
      desk.states.clear();
      desk.asked.length = 0;
      desk.offline = 'the run is offline';
      assert.equal(resultFrom(await desk.run('a.jpg', `${OTHER_MD5}.jpg`), 'a.jpg').match?.url, 'https://pixiv/4');
      assert.deepEqual(desk.asked, []);
    });
  });

  describe('that only foresees', () => {
    beforeEach(() => {
      desk.offline = 'a dry run asks nobody';
      desk.foresees = true;
    });

    it('tells for which images somebody would be asked, and asks nobody', async () => {
      desk.saucenao.times = [desk.clock.time, desk.clock.time + HOUR];
      nearCopies('a.jpg', 'b.jpg');
      const { first, plan, last } = await desk.run('a.jpg', 'b.jpg', 'c.jpg', WORK);
      assert.equal(first.get('a.jpg')?.kind, 'put-off');
      assert.equal(plan?.images, 4);
      assert.equal(plan.byTrace, 1);
      assert.equal(plan.copies, 1);
      assert.equal(plan.toSearch, 2);
      assert.deepEqual(plan.times, desk.saucenao.times);
      for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) {
        assert.deepEqual(last.get(name), { kind: 'skipped', why: 'a dry run asks nobody' });
      }
      assert.deepEqual(desk.asked, []);
    });

    it('shares what is known of a near copy', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.foresees = false;
      desk.offline = undefined;
      desk.iqdb.says.set('a.jpg', found('1'));
      await desk.run('a.jpg');
      desk.foresees = true;
      desk.offline = 'a dry run asks nobody';
      const searched = await desk.run('b.jpg');
      assert.equal(searched.plan?.toSearch, 0);
      assert.equal(searched.plan.unavailable, undefined);
      assert.equal(resultFrom(searched, 'b.jpg').copyOf, '/in/a.jpg');
      const { plan } = await desk.run('a.jpg', 'c.jpg');
      assert.equal(plan?.byCache, 1);
    });

    it('puts nothing off that nobody would be asked about, and tells which of those nobody knows', async () => {
      desk.foresees = false;
      desk.offline = undefined;
      await desk.run('a.jpg');
      desk.states.clear();
      desk.foresees = true;
      desk.offline = 'a dry run asks nobody';
      assert.deepEqual((await desk.run('a.jpg')).first.get('a.jpg'), { kind: 'skipped', why: 'no service knows it' });
      desk.services = [desk.danbooru, desk.yandere];
      assert.deepEqual((await desk.run('a.jpg')).first.get('a.jpg'), { kind: 'skipped', why: 'a dry run asks nobody' });
      assert.deepEqual((await desk.run('b.jpg')).first.get('b.jpg'), { kind: 'skipped', why: 'a dry run asks nobody' });
      assert.deepEqual(desk.looked, ['a.jpg']);
    });
  });

  describe('plans', () => {
    it('with the numbers of all ways in which images are found', async () => {
      desk.saucenao.says.set('known.jpg', found('3'));
      desk.danbooru.says.set('looked up.jpg', found('4', 100));
      await desk.run('known.jpg', 'looked up.jpg');
      desk.states.clear();
      desk.danbooru.says.set('a.jpg', found('1', 100));
      desk.posts.set('danbooru 1234567', { kind: 'post', post: postOf('danbooru', '1234567', 'named') });
      nearCopies('b.jpg', 'c.jpg');
      desk.looks.set('broken.jpg', undecodable);
      desk.looks.set('strange.jpg', new DecoderLacks('no JPEG XL here'));
      desk.iqdb.times = [desk.clock.time];
      const names = [
        'known.jpg',
        'looked up.jpg',
        'a.jpg',
        NUMBERED,
        'b.jpg',
        'c.jpg',
        'd.jpg',
        'broken.jpg',
        'strange.jpg',
      ];
      const { plan } = await desk.run(...names);
      assert.deepEqual(
        { ...plan, times: undefined, service: undefined },
        { images: 9, byMd5: 1, byTrace: 1, byCache: 2, copies: 1, undecoded: 2, toSearch: 2, times: undefined, service: undefined },
      ); // prettier-ignore
    });

    it('with what is known from before where all that would be asked has been', async () => {
      await desk.run('a.jpg');
      desk.states.clear();
      const { plan } = await desk.run('a.jpg', 'b.jpg');
      assert.equal(plan?.byCache, 1);
      assert.equal(plan.toSearch, 1);
    });

    it('and counts a work that its name tells, and that nobody knew before, in one way only', async () => {
      await desk.run(WORK);
      desk.states.clear();
      const { plan } = await desk.run(WORK, 'b.jpg');
      assert.deepEqual([plan?.images, plan?.byTrace, plan?.byCache, plan?.toSearch], [2, 1, 0, 1]);
    });

    it('and counts one that nobody knew before as a near copy, when another that shows the same was found since', async () => {
      nearCopies('a.jpg', 'b.jpg');
      await desk.run('a.jpg');
      desk.danbooru.says.set('b.jpg', found('1', 100));
      await desk.run('b.jpg');
      desk.states.clear();
      const { plan } = await desk.run('a.jpg', 'c.jpg');
      assert.deepEqual([plan?.images, plan?.copies, plan?.byCache, plan?.toSearch], [2, 1, 0, 1]);
    });

    it('and counts one that nobody knew before as known from before, also where it only foresees', async () => {
      await desk.run('a.jpg');
      desk.states.clear();
      desk.offline = 'a dry run asks nobody';
      desk.foresees = true;
      const { plan } = await desk.run('a.jpg', 'b.jpg');
      assert.deepEqual([plan?.images, plan?.byCache, plan?.toSearch], [2, 1, 1]);
    });

    it('no search of a near copy of a picture that no service knew, but one where a service did not say', async () => {
      nearCopies('a.jpg', 'b.jpg');
      desk.saucenao.times = [desk.clock.time];
      await desk.run('a.jpg');
      desk.asked.length = 0;
      const { plan } = await desk.run('b.jpg');
      assert.deepEqual([plan?.copies, plan?.toSearch, plan?.times], [1, 0, undefined]);
      assert.deepEqual(desk.asked, ['danbooru-md5 b.jpg']);

      desk.saucenao.says.set('d.jpg', DOWN);
      desk.looks.set('d.jpg', lookOfNumber(8));
      desk.looks.set('e.jpg', worn(lookOfNumber(8)));
      await desk.run('d.jpg');
      desk.asked.length = 0;
      const other = await desk.run('e.jpg');
      assert.deepEqual([other.plan?.copies, other.plan?.toSearch], [0, 1]);
      assert.deepEqual(desk.asked, ['danbooru-md5 e.jpg', 'saucenao e.jpg']);
    });

    it('by the times of the service that takes longest, wherever in line it is', async () => {
      const at = desk.clock.time;
      desk.iqdb.times = [at, at + 2000, at + 3000];
      desk.saucenao.times = [at, at + 1000, at + HOUR];
      const slow = { service: 'saucenao', times: desk.saucenao.times };
      for (const services of [
        [desk.iqdb, desk.saucenao],
        [desk.saucenao, desk.iqdb],
      ]) {
        // prettier-ignore
        desk.services = services;
        const { plan } = await desk.run(...['a', 'b', 'c'].map((name) => `${name} ${desk.services[0]?.id}.jpg`));
        assert.deepEqual({ service: plan?.service, times: plan?.times }, slow);
        assert.equal(plan?.unavailable, undefined);
      }
    });

    it('without times as long as a service has not said what it allows', async () => {
      desk.iqdb.times = [desk.clock.time];
      desk.saucenao.times = 'unknown';
      const { plan } = await desk.run('a.jpg');
      assert.equal(plan?.service, 'saucenao');
      assert.equal(plan.times, undefined);
      assert.equal(plan.unavailable, undefined);
    });

    it('with those services that can be asked, and says when none can', async () => {
      assert.equal((await desk.run('a.jpg')).plan?.unavailable, true);
      desk.iqdb.times = [desk.clock.time];
      const { plan } = await desk.run('b.jpg');
      assert.equal(plan?.service, 'iqdb');
      assert.equal(plan.unavailable, undefined);
    });

    it('once more, when decisions have come in meanwhile, and counts no image twice', async () => {
      const stage = desk.stage();
      const states = ['a.jpg', WORK].map((name) => desk.begin(name));
      for (const state of states) await stage.run(state, desk.context(false));
      const { images, byMd5, byTrace, byCache } = await stage.plan(states);
      assert.deepEqual({ images, byMd5, byTrace, byCache }, { images: 2, byMd5: 0, byTrace: 0, byCache: 0 });
      for (const state of states) await stage.run(state, desk.context(true));
      const later = await stage.plan([desk.begin('b.jpg')]);
      assert.deepEqual([later.images, later.byMd5, later.byTrace, later.byCache], [2, 0, 0, 0]);
    });

    it('and lets others have their turn meanwhile, for each picture is compared with all', async () => {
      const stage = desk.stage();
      const states = Array.from({ length: 250 }, (_, n) => desk.begin(`${n}.jpg`));
      const plan = await stage.plan(states);
      assert.equal(plan.undecoded, 250);
      assert.deepEqual(desk.clock.naps, [0, 0]);
    });
  });

  it('lets a defect in the decoder through, which is no picture’s fault', async () => {
    const defect = new Error('a defect');
    desk.looks.set('a.jpg', defect);
    await assert.rejects(desk.run('a.jpg'), defect);
  });
});
