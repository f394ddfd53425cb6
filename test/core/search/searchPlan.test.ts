import assert from 'node:assert/strict';
import { planText, searchedText } from '../../../src/core/search/searchPlan.ts';

const now = new Date(2026, 10, 23, 9, 30).getTime();
const HOUR = 3_600_000;
const plan = { images: 412, byMd5: 188, byTrace: 0, byCache: 0, copies: 40, toSearch: 184 };

describe('The plan of the searches in words', () => {
  it('tells how many fit on which day, and when the last is done', () => {
    const times = [
      ...Array.from({ length: 100 }, (_, n) => now + n * 7_500),
      ...Array.from({ length: 84 }, (_, n) => now + 24 * HOUR + n * 7_500),
    ];
    assert.equal(
      planText({ ...plan, service: 'saucenao', times }, now),
      '412 images: 188 found by MD5, 40 near copies, 184 need a search: 100 today, 84 tomorrow, done about 09:40 on 24 November',
    );
  });

  it('names days of the week and sums up what takes longer', () => {
    const times = Array.from({ length: 5 }, (_, n) => now + n * 24 * HOUR);
    assert.equal(
      planText({ ...plan, toSearch: 5, service: 'saucenao', times }, now),
      '412 images: 188 found by MD5, 40 near copies, 5 need a search: 1 today, 1 tomorrow, 1 on Wednesday, the others on the 2 days after, done about 09:30 on 27 November',
    );
  });

  it('says that it can’t tell the days before the service has said what it allows', () => {
    assert.equal(
      planText({ ...plan, toSearch: 1, service: 'saucenao' }, now),
      '412 images: 188 found by MD5, 40 near copies, 1 needs a search (how many a day saucenao allows is known after its first answer)',
    );
  });

  it('is short when nothing needs a search', () => {
    const none = { images: 1, byMd5: 1, byTrace: 0, byCache: 0, copies: 0, toSearch: 0 };
    assert.equal(planText(none, now), '1 image: 1 found by MD5, none needs a search');
  });

  it('names every way in which no search is needed, and what can’t be searched', () => {
    const ways = { images: 9, byMd5: 1, byTrace: 2, byCache: 3, copies: 1, undecoded: 2, toSearch: 0 };
    assert.equal(
      planText(ways, now),
      '9 images: 1 found by MD5, 2 found by name or a file beside, 3 known from before, 1 near copy, 2 can’t be decoded and so not searched by look, none needs a search',
    );
  });

  it('promises no day when no service can be asked, or none counts its searches', () => {
    const two = { images: 2, byMd5: 0, byTrace: 0, byCache: 0, copies: 0, toSearch: 2 };
    assert.equal(
      planText({ ...two, unavailable: true, times: [now] }, now),
      '2 images: 2 need a search, and no service can be asked',
    );
    assert.equal(planText(two, now), '2 images: 2 need a search');
    assert.equal(
      planText({ ...two, service: 'iqdb', times: [] }, now),
      '2 images: 2 need a search (how many a day iqdb allows is known after its first answer)',
    );
  });

  it('names a day within the week by its name and a later one by its date, and no rest when there is none', () => {
    const days = (...ahead: number[]): string =>
      planText({ ...plan, toSearch: ahead.length, times: ahead.map((day) => now + day * 24 * HOUR) }, now);
    assert.match(days(0, 2, 6), /: 1 today, 1 on Wednesday, 1 on Sunday, done about 09:30 on 29 November$/);
    assert.match(days(6, 7), /: 1 on Sunday, 1 on 30 November, done/);
    assert.match(days(0, 1, 2, 3), /1 on Wednesday, the others on the day after, done/);
    assert.match(days(0, 0), /: 2 today, done about 09:30$/);
  });

  it('takes the days by the calendar: what goes out after midnight is tomorrow, however soon', () => {
    const evening = new Date(2026, 10, 23, 23, 50).getTime();
    const times = [evening, evening + 5 * 60_000, evening + 15 * 60_000];
    assert.match(
      planText({ ...plan, toSearch: 3, times }, evening),
      /: 2 today, 1 tomorrow, done about 00:05 on 24 November$/,
    );
  });
});

describe('What came of the searches in words', () => {
  const none = { byMd5: 0, byTrace: 0, bySearch: 0, byCache: 0, copies: 0, noMatch: 0, filtered: 0, errors: 0 };

  it('tells each way of being found, and until when the rest waits', () => {
    const until = new Date(now + 24 * HOUR).toISOString();
    assert.equal(
      searchedText({ ...none, byMd5: 188, copies: 1, bySearch: 96, noMatch: 4, errors: 2, quotaUntil: until }, 84, now),
      '188 by MD5, 1 near copy, 96 by search, 4 without a match, 2 could not be searched, 84 wait until 09:30 on 24 November',
    );
  });

  it('says none when nothing was searched', () => {
    assert.equal(searchedText(none, 0, now), 'none');
  });

  it('names every other way too, the first and the last that waits, and a time of today without its date', () => {
    const [first, last] = [now + HOUR, now + 24 * HOUR].map((at) => new Date(at).toISOString());
    assert.equal(
      searchedText(
        { ...none, byTrace: 2, byCache: 3, copies: 4, filtered: 5, quotaUntil: first!, quotaDone: last! },
        6,
        now,
      ),
      '2 by name or a file beside, 3 known from before, 4 near copies, 5 found but withheld, 6 wait until 10:30, the last until 09:30 on 24 November',
    );
    assert.equal(searchedText({ ...none, quotaUntil: first!, quotaDone: first! }, 1, now), '1 waits until 10:30');
    assert.equal(searchedText(none, 2, now), '2 wait');
    assert.equal(searchedText({ ...none, byMd5: 1, quotaUntil: first! }, 0, now), '1 by MD5');
  });
});
