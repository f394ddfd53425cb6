import assert from 'node:assert/strict';
import { CategoryChooser } from '../../../src/core/learning/categoryChooser.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import { DecoderLacks, ImageError } from '../../../src/core/model/failure.ts';
import type { ImageState, StageRecord } from '../../../src/core/model/imageState.ts';
import type { Match } from '../../../src/core/model/match.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import { NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';
import type { StageContext } from '../../../src/core/pipeline/stage.ts';
import { AnalyzerUnavailable } from '../../../src/core/ports/imageAnalyzer.ts';
import type { SyncAnswer, SyncUnit } from '../../../src/core/ports/syncTarget.ts';
import { DEFAULT_RULES } from '../../../src/core/rules/defaultRules.ts';
import { AnalyzeStage } from '../../../src/core/stages/analyze.ts';
import { ReviewStage, type ReviewParts } from '../../../src/core/stages/review.ts';
import { approvedOf, awaitsPerson, suggestionOf } from '../../../src/core/stages/suggestion.ts';
import { SyncStage } from '../../../src/core/stages/sync.ts';
import { storyOf } from '../journal/story.ts';

const { image } = storyOf('a.jpg');
const general = (...tags: readonly string[]): TagSet => ({ ...NO_TAGS, general: tags });

/** What was done for the image, by stage. */
function done(results: Partial<Record<StageId, unknown>>, more: Partial<ImageState> = {}): ImageState {
  const stages = Object.entries(results).map(([stage, result]) => [
    stage,
    { outcome: { kind: 'done', result }, ms: 1 } as StageRecord,
  ]);
  return { image, stages: Object.fromEntries(stages) as ImageState['stages'], operations: [], ...more };
}

const match = (more: Partial<Match> = {}): { readonly match: Match } => ({
  match: { provider: 'saucenao', url: 'https://danbooru/1', tags: general('found'), sources: [], ...more },
});
const analysis = (more: Partial<Analysis> = {}): Analysis => ({
  style: 'drawing',
  styleConfidence: 1,
  scores: {},
  persons: [],
  model: 'm',
  width: 1,
  height: 1,
  processingMs: 1,
  ...more,
});

/** @param warnings takes what is told of the run as a whole */
const context = (warnings: (readonly [string, string | undefined])[] = []): StageContext => ({
  signal: new AbortController().signal,
  lastCall: false,
  intend: () => Promise.resolve(),
  operated: () => Promise.resolve(),
  remember: () => Promise.resolve(),
  warn: (text, about) => void warnings.push([text, about]),
});

describe('The stage analyze', () => {
  const analyze = (answer: Analysis | Error, warnings: (readonly [string, string | undefined])[] = []) => {
    const stage = new AnalyzeStage({
      concurrency: 3,
      analyze: (path) => {
        assert.equal(path, image.path);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
      close: () => Promise.resolve(),
    });
    assert.equal(stage.concurrency, 3);
    return stage.run(done({}), context(warnings));
  };

  it('gives what the models say, and warns of what could not be had', async () => {
    const warnings: (readonly [string, string | undefined])[] = [];
    const result = analysis({ notes: ['The tagger is not there.'] });
    assert.deepEqual(await analyze(result, warnings), { kind: 'done', result });
    assert.deepEqual(warnings, [['The tagger is not there.', undefined]]);
    assert.equal((await analyze(analysis(), warnings)).kind, 'done');
    assert.equal(warnings.length, 1);
  });

  it('is passed over, and says that a part does not work, where that is no fault of the image', async () => {
    for (const error of [new AnalyzerUnavailable('no models'), new DecoderLacks('no JPEG XL')]) {
      const warnings: (readonly [string, string | undefined])[] = [];
      assert.deepEqual(await analyze(error, warnings), { kind: 'skipped', why: error.message });
      assert.deepEqual(warnings, [[error.message, 'part']]);
    }
  });

  it('fails an image that can’t be read, and hides no defect', async () => {
    for (const error of [new ImageError('corrupt', 'cut off'), new TypeError('a defect')]) {
      await assert.rejects(analyze(error), error);
    }
  });
});

describe('The stage sync', () => {
  const sorted = { destination: '/out/Art/a.jpg', sidecar: '/out/Art/a.jpg.xmp', suggested: 'Art', final: 'Art' };

  it('brings the sidecar before its image, so that nobody there meets an image without it', async () => {
    const units: SyncUnit[] = [];
    const answer: SyncAnswer = { kind: 'synced', destination: 'nas:Art/a.jpg', copied: 1, unchanged: 1, bytes: 5 };
    const stage = new SyncStage({ put: (unit) => Promise.resolve((units.push(unit), answer)) }, '/out');
    const { kind: _, ...result } = answer;
    assert.deepEqual(await stage.run(done({ categorize: sorted }), context()), { kind: 'done', result });
    const { sidecar: __, ...bare } = sorted;
    await stage.run(done({ categorize: bare }), context());
    assert.deepEqual(units, [
      { files: ['/out/Art/a.jpg.xmp', '/out/Art/a.jpg'], root: '/out' },
      { files: ['/out/Art/a.jpg'], root: '/out' },
    ]);
  });

  it('has not been there for an image that is left out of the sync', async () => {
    const answer: SyncAnswer = { kind: 'synced', destination: 'nas:Art/a.jpg', copied: 0, unchanged: 0, bytes: 0 };
    const stage = new SyncStage({ put: () => Promise.resolve(answer) }, '/out');
    const outcome = await stage.run(done({ categorize: sorted }), context());
    assert.deepEqual(outcome, { kind: 'skipped', why: 'left out of the sync (imageInbox.sync.exclude)' });
  });

  it('leaves an image to the next run when the NAS is asleep, and says so', async () => {
    const warnings: (readonly [string, string | undefined])[] = [];
    const stage = new SyncStage({ put: () => Promise.resolve({ kind: 'unreachable', why: 'It sleeps.' }) }, '/out');
    const outcome = await stage.run(done({ categorize: sorted }), context(warnings));
    assert.deepEqual(outcome, { kind: 'waiting', why: 'retry', detail: 'It sleeps.' });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.[0] ?? '', /It sleeps\./);
  });

  it('has nothing to do without a NAS, and brings nothing that is not sorted', async () => {
    const outcome = await new SyncStage(undefined, '/out').run(done({ categorize: sorted }), context());
    assert.deepEqual(outcome, { kind: 'skipped', why: 'no NAS folder is set' });
    const stage = new SyncStage({ put: () => Promise.reject(new Error('nothing is to be put')) }, '/out');
    assert.deepEqual(await stage.run(done({}), context()), { kind: 'skipped', why: 'not in the sorted folder' });
  });
});

describe('The stage review', () => {
  const review = (state: ImageState, parts: Partial<ReviewParts> = {}) =>
    new ReviewStage({ approve: 'none', threshold: 0.9, maxGeneralTags: 0, dryRun: false, ...parts }).run(state);
  const alike = (similarity?: number) =>
    done({ search: { verdict: 'found', ...match(similarity === undefined ? {} : { similarity }) } });

  it('needs nobody where no tags are suggested', async () => {
    for (const state of [
      done({}),
      done({ search: { verdict: 'no-match' } }),
      done({ search: { verdict: 'found', ...match({ tags: NO_TAGS }) } }),
    ]) {
      // prettier-ignore
      assert.deepEqual(await review(state), { kind: 'skipped', why: 'no suggested tags' });
    }
  });

  it('approves by itself what is alike enough, the limit included, and never what was not compared', async () => {
    const parts = { approve: 'high-confidence' } as const;
    const approved = { kind: 'done', result: { decision: 'automatic', tags: general('found') } };
    assert.deepEqual(await review(alike(95), parts), approved);
    assert.deepEqual(await review(alike(90), parts), approved);
    assert.equal((await review(alike(89.9), parts)).kind, 'waiting');
    assert.equal((await review(alike(), parts)).kind, 'waiting');
    assert.equal((await review(alike(100))).kind, 'waiting', 'nor anything unless it is to');
    assert.deepEqual(await review(alike(), { approve: 'all' }), approved);
  });

  it('goes by the tagger’s best score where nothing was found', async () => {
    const parts = { approve: 'high-confidence' } as const;
    const tagged = (tagScores?: Record<string, number>) =>
      done({ analyze: analysis({ tags: general('night', 'sea'), ...(tagScores && { tagScores }) }) });
    assert.equal((await review(tagged({ night: 0.3, sea: 0.95 }), parts)).kind, 'done');
    assert.equal((await review(tagged({ night: 0.3, sea: 0.8 }), parts)).kind, 'waiting');
    assert.equal((await review(tagged(), parts)).kind, 'waiting');
  });

  it('goes by it, too, where what was found brings no tags, however like the picture is', async () => {
    const parts = { approve: 'high-confidence' } as const;
    const onPixiv = (similarity: number | undefined, score: number) =>
      done({
        search: { verdict: 'found', ...match({ tags: NO_TAGS, ...(similarity !== undefined && { similarity }) }) },
        analyze: analysis({ tags: general('night'), tagScores: { night: score } }),
      });
    const approved = { kind: 'done', result: { decision: 'automatic', tags: general('night') } };
    assert.equal((await review(onPixiv(95, 0.3), parts)).kind, 'waiting');
    assert.deepEqual(await review(onPixiv(60, 0.95), parts), approved);
    assert.deepEqual(await review(onPixiv(undefined, 0.95), parts), approved);
    const withTags = done({
      search: { verdict: 'found', ...match({ similarity: 95 }) },
      analyze: analysis({ tags: general('night'), tagScores: { night: 0.3 } }),
    });
    assert.equal((await review(withTags, parts)).kind, 'done');
  });

  it('passes over in a dry run what a person would be asked about', async () => {
    const outcome = await review(alike(95), { dryRun: true });
    assert.equal(outcome.kind, 'skipped');
    assert.equal((await review(alike(95), { dryRun: true, approve: 'all' })).kind, 'done');
  });

  it('takes a person’s decision before anything that the settings say', async () => {
    const decision: Decision = { decision: 'rejected', tags: NO_TAGS };
    const decided = { ...alike(100), decision };
    for (const approve of ['none', 'all'] as const) {
      assert.deepEqual(await review(decided, { approve }), { kind: 'done', result: decision });
    }
  });

  it('asks nobody again about what the search has found without tags', async () => {
    const decision: Decision = { decision: 'edited', tags: general('typed') };
    const search = { verdict: 'found', ...match({ tags: NO_TAGS }) };
    const state = done({ search, analyze: analysis({ tags: general('night') }) }, { decision, decidedEarly: true });
    assert.deepEqual(await review(state), { kind: 'done', result: decision });
    assert.deepEqual(await review(done({}, { decision, decidedEarly: true })), { kind: 'done', result: decision });
  });
});

describe('The suggestion for an image', () => {
  it('has no more general tags than are wanted, the first ones, and all others', () => {
    const tags: TagSet = { ...general('a', 'b', 'c'), character: ['d', 'e', 'f'] };
    const state = done({ search: { verdict: 'found', ...match({ tags }) }, analyze: analysis({ tags: general('x') }) });
    assert.deepEqual(suggestionOf(state, 2)?.tags, { ...tags, general: ['a', 'b'] });
    assert.deepEqual(suggestionOf(state, 0)?.tags, { ...tags, general: ['a', 'b', 'c', 'x'] });
  });

  it('has the rating of the post before that of the tagger', () => {
    const tagged = analysis({ tags: general('x'), rating: 'explicit' });
    assert.equal(suggestionOf(done({ search: match({ rating: 'general' }), analyze: tagged }), 0)?.rating, 'general');
    assert.equal(suggestionOf(done({ search: match(), analyze: tagged }), 0)?.rating, 'explicit');
    assert.equal('rating' in (suggestionOf(done({ search: match() }), 0) ?? {}), false);
  });

  it('is what the stages after go by where nobody had to be asked, rating and match with it', () => {
    const state = done({ search: match({ rating: 'general' }) });
    assert.deepEqual(approvedOf(state, 0), {
      tags: general('found'),
      rating: 'general',
      ...match({ rating: 'general' }),
    });
    assert.deepEqual(approvedOf(done({}), 0), { tags: NO_TAGS });
  });

  it('need not be there for a rating to count: an explicit picture without tags is not sorted among the others', async () => {
    const chooser = new CategoryChooser({ rules: DEFAULT_RULES, maxGeneralTags: 0 });
    const found = done({ search: match({ tags: NO_TAGS, rating: 'explicit' }) });
    const rated = done({ analyze: analysis({ tags: NO_TAGS, rating: 'explicit' }) });
    for (const state of [found, rated]) {
      assert.equal(approvedOf(state, 0).rating, 'explicit');
      assert.equal((await chooser.choose(state)).final, 'Explicit');
    }
  });

  it('leaves neither rating nor match of a picture that a person says is another one', () => {
    const found = match({ rating: 'general' });
    const rejected: Decision = { decision: 'rejected', tags: NO_TAGS };
    assert.deepEqual(approvedOf(done({ search: found, review: rejected }), 0), { tags: NO_TAGS });
    const edited: Decision = { decision: 'edited', tags: general('typed') };
    assert.deepEqual(approvedOf(done({ search: found, review: edited }), 0), { tags: general('typed'), rating: 'general', ...found }); // prettier-ignore
  });

  it('leaves the tagger’s rating of a picture whose match is another one: explicit, it is sorted as such', async () => {
    const review: Decision = { decision: 'rejected', tags: NO_TAGS };
    const analyze = analysis({ tags: general('x'), rating: 'explicit' });
    const rejected = done({ search: match({ rating: 'general' }), analyze, review });
    assert.deepEqual(approvedOf(rejected, 0), { tags: NO_TAGS, rating: 'explicit' });
    const chooser = new CategoryChooser({ rules: DEFAULT_RULES, maxGeneralTags: 0 });
    assert.equal((await chooser.choose(rejected)).final, 'Explicit');
  });

  it('without models is what the person who decided early had typed, if that was so', () => {
    const decision: Decision = { decision: 'edited', tags: general('typed') };
    const early = { decidedEarly: true } as const;
    assert.deepEqual(
      suggestionOf(done({ search: match() }, { decision, ...early }), 0)?.tags,
      general('found', 'typed'),
    );
    assert.deepEqual(suggestionOf(done({ search: match() }, early), 0)?.tags, general('found'));
  });

  it('is put to a person where the image waits for one, or for quota only, and nobody else’s', () => {
    const tagged = done({ analyze: analysis({ tags: general('x') }) });
    assert.ok(awaitsPerson(done({}, { fate: 'awaiting-review' })));
    assert.ok(awaitsPerson({ ...tagged, fate: 'awaiting-quota' }));
    for (const fate of ['processed', 'failed', 'skipped'] as const) assert.ok(!awaitsPerson({ ...tagged, fate }), fate);
    assert.ok(!awaitsPerson(tagged));
  });
});
