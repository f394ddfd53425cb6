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
});
