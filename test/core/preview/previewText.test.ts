import assert from 'node:assert/strict';
import { byFolder } from '../../../src/core/preview/byFolder.ts';
import type { DryRunReport, PlannedImage } from '../../../src/core/preview/dryRun.ts';
import { dryRunSummary, goingImages, LIBRARY_WARNING, openText, sortedSummary, type GoingImage } from '../../../src/core/preview/previewText.ts'; // prettier-ignore
import type { SortedPreview } from '../../../src/core/preview/sortedPreview.ts';

const goes = (...open: GoingImage['open']): GoingImage => ({
  kind: 'goes',
  source: '/in/a.jpg',
  destination: '/out/Cats/a.jpg',
  category: 'Cats',
  because: 'a rule',
  open,
});
const other = (kind: 'skipped' | 'failed'): PlannedImage => ({ kind, source: '/in/b.jpg', why: '' });
const stays: PlannedImage = { kind: 'stays', source: '/in/c.jpg' };
const reportOf = (...images: readonly PlannedImage[]): DryRunReport => ({ complete: true, inbox: '/in', images });

const sortedOf = (more: Partial<SortedPreview>): SortedPreview => ({
  complete: true,
  elsewhere: [],
  staying: 0,
  unknown: 0,
  ...more,
});
const elsewhere = (synced: boolean): SortedPreview['elsewhere'][number] => ({
  path: '/out/Cats/a.jpg',
  now: 'Cats',
  category: 'Dogs',
  because: 'a rule',
  synced,
});

describe('What a dry run found, in words', () => {
  it('tells what would become of how many', () => {
    const report = reportOf(goes(), goes(), other('skipped'), other('failed'), stays, stays, stays);
    assert.deepEqual(dryRunSummary(report), [
      '7 images: 2 would be sorted, 3 stay: the stages that sort are off, 1 would be skipped, 1 would fail.',
    ]);
  });

  it('says nothing of what there is none of', () => {
    assert.deepEqual(dryRunSummary(reportOf()), ['0 images: 0 would be sorted.']);
    assert.deepEqual(dryRunSummary(reportOf(goes())), ['1 image: 1 would be sorted.']);
  });

  it('says that it was stopped', () => {
    assert.deepEqual(dryRunSummary({ ...reportOf(goes()), complete: false }), [
      'Stopped after 1 image: 1 would be sorted.',
    ]);
  });

  it('tells of how many it is not the last word, and why', () => {
    const summary = dryRunSummary(
      reportOf(goes('review'), goes('search', 'review'), goes('search'), goes('search'), goes()),
    );
    assert.equal(summary.length, 3);
    assert.match(summary[1] ?? '', /^2 would wait for your review/);
    assert.match(summary[2] ?? '', /^3 are not searched yet/);
  });

  it('tells of one image what may lead it elsewhere', () => {
    assert.equal(openText(goes()), '');
    assert.equal(openText(goes('search')), 'not searched yet');
    assert.equal(openText(goes('search', 'review')), 'not searched yet, waits for review');
  });

  it('lists the images that go somewhere, and no others', () => {
    const [first, second] = [goes(), goes('review')];
    assert.deepEqual(goingImages(reportOf(first, stays, other('failed'), second)), [first, second]);
  });
});

describe('What became of the sorted images, in words', () => {
  it('is that there are none', () => {
    assert.deepEqual(sortedSummary(sortedOf({})), ['Nothing is sorted yet.']);
  });

  it('tells how many would go elsewhere, stay, and are not known', () => {
    const summary = sortedSummary(sortedOf({ elsewhere: [elsewhere(false)], staying: 5, unknown: 2 }));
    assert.equal(summary.length, 1);
    assert.match(summary[0] ?? '', /^8 sorted images: 1 would go elsewhere today, 5 would stay, 2 unknown/);
    assert.match(
      sortedSummary(sortedOf({ staying: 1 }))[0] ?? '',
      /^1 sorted image: 0 would go elsewhere today, 1 would stay\. /,
    );
  });

  it('says that it was stopped', () => {
    assert.match(sortedSummary(sortedOf({ complete: false, unknown: 1 }))[0] ?? '', /^Stopped\. 1 sorted image/);
  });

  it('warns of those that a photo library has', () => {
    const summary = sortedSummary(sortedOf({ elsewhere: [elsewhere(true), elsewhere(false), elsewhere(true)] }));
    assert.equal(summary[1], `2 of those are on the NAS. ${LIBRARY_WARNING}`);
  });
});

describe('Images by their folders', () => {
  it('are in the order of the folders’ names, and in each as they came', () => {
    const groups = byFolder(['b/2', 'a/1', 'b/1', 'a/b/1', 'a/0'], (path) => path.slice(0, path.lastIndexOf('/')));
    assert.deepEqual(groups, [
      { folder: 'a', items: ['a/1', 'a/0'] },
      { folder: 'a/b', items: ['a/b/1'] },
      { folder: 'b', items: ['b/2', 'b/1'] },
    ]);
    assert.deepEqual(
      byFolder([], () => ''),
      [],
    );
  });
});
