import assert from 'node:assert/strict';
import { decideCategory } from '../../../src/core/learning/decideCategory.ts';
import { previewImages } from '../../../src/core/learning/previewImages.ts';
import type { ContentHash, ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { chooseCategory } from '../../../src/core/rules/chooseCategory.ts';

const choice = { category: 'Anime/Scenery', because: 'rule 3: tag scenery' };
const learned = (confidence: number) => ({
  category: 'Cats',
  confidence,
  corrections: 2,
  evidence: [{ feature: 'tag:cat', strength: 2.13 }],
});

describe('the category in the end', () => {
  it('is the learned one from the least confidence on, with what it is for', () => {
    assert.deepEqual(decideCategory(choice, learned(0.7), 0.7), {
      suggested: 'Anime/Scenery',
      learned: true,
      confidence: 0.7,
      final: 'Cats',
      because: 'tag cat (+2.1), 2 of your corrections',
    });
  });

  it('is that of the rules below it, or where nothing was learned', () => {
    assert.equal(decideCategory(choice, learned(0.69), 0.7).final, 'Anime/Scenery');
    const plain = { suggested: 'Anime/Scenery', learned: false, final: 'Anime/Scenery', because: choice.because };
    assert.deepEqual(decideCategory(choice, undefined, 0.7), plain);
  });

  it('can be seen before anything is done, for what is in the inbox and what is sorted', () => {
    const scan = { outcome: { kind: 'done' as const, result: { format: 'png' as const, sha256: 'x' as ContentHash, md5: '' } }, ms: 1 }; // prettier-ignore
    const image = { id: '1' as ImageId, path: '/w/Inbox/a 猫.png', size: 5, mtimeMs: 1 };
    const inbox: ImageState = { image, stages: { scan }, operations: [] };
    const result = {
      suggested: 'Old',
      learned: false,
      final: 'Old',
      because: '',
      destination: '/w/Sorted/Old/a 猫.png',
    };
    const done: ImageState = { ...inbox, stages: { scan, categorize: { outcome: { kind: 'done', result }, ms: 1 } } };
    const rules = [{ category: '{format}', when: { format: ['png' as const], size: { bytes: { max: 5 } } } }];
    const images = [
      ...previewImages([inbox, done], (facts) => decideCategory(chooseCategory(rules, facts), undefined, 0.7), {
        sorted: '/w/Sorted',
        maxGeneralTags: 0,
      }),
    ];
    assert.deepEqual(
      images.map(({ path, now, next }) => [path, now, next.final]),
      [
        ['/w/Inbox/a 猫.png', undefined, 'png'],
        ['/w/Sorted/Old/a 猫.png', 'Old', 'png'],
      ],
    );
  });
});
