import assert from 'node:assert/strict';
import { CategoryChooser } from '../../../src/core/learning/categoryChooser.ts';
import { Learner } from '../../../src/core/learning/learner.ts';
import { learnedFeatures } from '../../../src/core/learning/learnSorting.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { CategoryRule } from '../../../src/core/rules/rule.ts';
import { hashOfNumber } from '../../adapters/support/hashOfNumber.ts';
import { storyOf } from '../journal/story.ts';
import { HandClock } from './handClock.ts';
import { MemoryPreferences } from './memoryPreferences.ts';

const rules: readonly CategoryRule[] = [
  { category: 'Works/{copyright}', when: { copyrights: ['*'] } },
  { category: 'Photos' },
];
const image: ImageState = { image: storyOf('a.jpg').image, stages: {}, operations: [] };
const decided: ImageState = {
  ...image,
  stages: { review: { outcome: { kind: 'done', result: { decision: 'approved', tags: NO_TAGS, category: 'Mine' } }, ms: 1 } },
}; // prettier-ignore

/** A learner that knows images like this one to belong to a category. */
function taught(category: string, folders: readonly string[]) {
  const learner = new Learner(new MemoryPreferences(), new HandClock(Date.UTC(2026, 0, 1)));
  for (let n = 0; n < 20; n++) {
    const features = learnedFeatures(image);
    learner.correct({ image: hashOfNumber(n), at: 1e12 + n, by: 'tree', name: '', to: category, features });
  }
  let looks = 0;
  const tree = {
    folders: () => (looks++, Promise.resolve(folders)),
    images: () => {
      throw new Error('not asked for');
    },
  };
  return { learning: { learner, tree, minConfidence: 0.5 }, looks: () => looks };
}

describe('the category of an image', () => {
  it('is what was learned, where that is sure enough and the user has such a folder', async () => {
    const { learning } = taught('Cats', ['Cats']);
    const choice = await new CategoryChooser({ rules, maxGeneralTags: 0, learning }).choose(image);
    assert.deepEqual([choice.final, choice.learned, choice.suggested], ['Cats', true, 'Photos']);
  });

  it('is that of the rules where the learned one has no folder any more, until an image goes there', async () => {
    const { learning } = taught('Cats', []);
    const chooser = new CategoryChooser({ rules, maxGeneralTags: 0, learning });
    assert.equal((await chooser.choose(image)).final, 'Photos');
    chooser.made('Cats');
    assert.equal(chooser.chooseNow(image).final, 'Cats');
  });

  it('may be a learned one that a rule names, though nothing went there yet, but not one with a placeholder', async () => {
    const named = taught('Photos', []);
    const choice = await new CategoryChooser({ rules: [{ category: 'Elsewhere', when: { tags: ['none'] } }, ...rules], maxGeneralTags: 0, learning: named.learning }).choose(image); // prettier-ignore
    assert.deepEqual([choice.final, choice.learned], ['Photos', true]);
    const other = taught('Elsewhere', []);
    const second = new CategoryChooser({ rules: [{ category: 'Elsewhere', when: { tags: ['none'] } }, ...rules], maxGeneralTags: 0, learning: other.learning }); // prettier-ignore
    assert.equal((await second.choose(image)).final, 'Elsewhere');
    const open = taught('Works/{copyright}', []);
    const third = new CategoryChooser({ rules, maxGeneralTags: 0, learning: open.learning });
    assert.equal((await third.choose(image)).final, 'Photos');
  });

  it('is what a person chose, before all that was learned, and that is learned from where there is learning', async () => {
    const { learning } = taught('Cats', ['Cats']);
    const choice = await new CategoryChooser({ rules, maxGeneralTags: 0, learning }).choose(decided);
    assert.deepEqual(choice, { suggested: 'Photos', learned: false, final: 'Mine', because: 'you chose it', chosen: true }); // prettier-ignore
    const plain = await new CategoryChooser({ rules, maxGeneralTags: 0 }).choose(decided);
    assert.deepEqual(plain, { suggested: 'Photos', learned: false, final: 'Mine', because: 'you chose it' });
  });

  it('is that of the rules where nothing is learned', async () => {
    const choice = await new CategoryChooser({ rules, maxGeneralTags: 0 }).choose(image);
    assert.deepEqual([choice.final, choice.learned, choice.confidence], ['Photos', false, undefined]);
  });

  it('is found with one look at the folders for all images', async () => {
    const { learning, looks } = taught('Cats', ['Cats']);
    const chooser = new CategoryChooser({ rules, maxGeneralTags: 0, learning });
    await Promise.all([chooser.choose(image), chooser.ready(), chooser.choose(image)]);
    assert.equal(looks(), 1);
  });

  it('is found for the next image where the folders could not be read for one', async () => {
    const { learning } = taught('Cats', ['Cats']);
    const { folders } = learning.tree;
    learning.tree.folders = () => Promise.reject(new ImageError('folder-unreadable', 'the share is away'));
    const chooser = new CategoryChooser({ rules, maxGeneralTags: 0, learning });
    await assert.rejects(chooser.choose(image), ImageError);
    learning.tree.folders = folders;
    assert.equal((await chooser.choose(image)).final, 'Cats');
  });

  it('goes by the style and the format, in the rules', async () => {
    const byFacts: readonly CategoryRule[] = [
      { category: 'Drawn', when: { style: ['drawing'] } },
      { category: 'Animated', when: { format: ['gif'] } },
      { category: 'Else' },
    ];
    const chooser = new CategoryChooser({ rules: byFacts, maxGeneralTags: 0 });
    const done = <T>(result: T) => ({ outcome: { kind: 'done' as const, result }, ms: 1 });
    const drawn = { style: 'drawing', persons: [] } as unknown as Analysis;
    const animated = { sha256: hashOfNumber(0), md5: '', format: 'gif' } as const;
    const states = [{ analyze: done(drawn) }, { scan: done(animated) }, {}].map((stages) => ({ ...image, stages }));
    assert.deepEqual(
      states.map((state) => chooser.chooseNow(state).final),
      ['Drawn', 'Animated', 'Else'],
    );
  });
});
