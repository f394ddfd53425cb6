import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { factsOf } from '../../../src/core/learning/categoryFactsOf.ts';
import { chooseCategory } from '../../../src/core/rules/chooseCategory.ts';
import { DEFAULT_RULES } from '../../../src/core/rules/defaultRules.ts';
import { ReviewModel } from '../../../src/vscode/review/reviewModel.ts';
import { waiting } from '../../core/pipeline/waiting.ts';

const surroundings = {
  workspace: '/w',
  suggest: (state: ImageState) => chooseCategory(DEFAULT_RULES, factsOf(state, 0)),
  maxGeneralTags: 0,
};

function modelOf(...states: ImageState[]): ReviewModel {
  const model = new ReviewModel(surroundings);
  model.load(states, surroundings);
  return model;
}

const [a, b] = ['a', 'b'] as ImageId[] as [ImageId, ImageId];
const shownTags = (model: ReviewModel, id: ImageId): readonly string[] =>
  model.details(id)?.tags.map(({ name, removed }) => (removed ? `-${name}` : name)) ?? [];

describe('The review’s state', () => {
  it('makes one decision of the suggested tags as they were edited, and the category that was chosen', () => {
    const model = modelOf(waiting('a', { general: ['sky', 'sea'], character: ['alice'] }));
    model.edit([a], { kind: 'remove', name: 'sea' });
    model.edit([a], { kind: 'add', name: 'Red Moon', category: 'general' });
    model.edit([a], { kind: 'category', category: ' Anime/../Moons ' });
    const order = model.decide([a], 'approved');
    assert.deepEqual(order?.decisions.get(a), {
      decision: 'edited',
      tags: { ...NO_TAGS, general: ['sky', 'Red Moon'], character: ['alice'] },
      category: 'Anime/Moons',
    });
    assert.equal(model.row(a)?.status, 'edited');
  });

  it('shows as evidence what a threshold is compared with: the tagger’s score where the match brings no tags', () => {
    const tagged = (state: ImageState): ImageState => {
      const result = { tags: { ...NO_TAGS, general: ['sky'] }, tagScores: { sky: 0.3 } } as unknown as Analysis;
      return { ...state, stages: { ...state.stages, analyze: { outcome: { kind: 'done', result }, ms: 1 } } };
    };
    const model = modelOf(tagged(waiting('a', {}, 95)), tagged(waiting('b', { general: ['sea'] }, 95)));
    const shown = [a, b].map((id) => {
      const { evidence, similarity, confidence } = model.row(id) ?? {};
      return { evidence, similarity, confidence };
    });
    assert.deepEqual(shown, [
      { evidence: 0.3, similarity: undefined, confidence: 0.3 },
      { evidence: 0.95, similarity: 95, confidence: 0.3 },
    ]);
    assert.equal(model.details(a)?.match?.similarity, 95);
  });

  it('calls a decision approved where only the category was chosen, and leaves a rejected one no tags', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }), waiting('b', { general: ['sky'] }));
    model.edit([a], { kind: 'category', category: 'X' });
    assert.equal(model.decide([a], 'approved')?.decisions.get(a)?.decision, 'approved');
    assert.deepEqual(model.decide([b], 'rejected')?.decisions.get(b), { decision: 'rejected', tags: NO_TAGS });
  });

  it('edits many at once, and touches only those that it concerns', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }), waiting('b', { general: ['sea'] }));
    const change = model.edit([a, b], { kind: 'replace', name: 'sky', by: 'blue_sky', category: 'general' });
    assert.deepEqual(
      change?.marks.map(({ id }) => id),
      [a],
    );
    assert.deepEqual(shownTags(model, a), ['-sky', 'blue_sky']);
    assert.deepEqual(shownTags(model, b), ['sea']);
    assert.equal(model.edit([a, b], { kind: 'remove', name: 'nothing' }), undefined);
  });

  it('puts a suggested tag into the category that the person says, by adding or replacing it, and back', () => {
    const asArtist = { ...NO_TAGS, general: ['sky'], artist: ['some_one'] };
    const doings = [
      [{ kind: 'add', name: 'Some One', category: 'artist' }],
      [
        { kind: 'remove', name: 'some_one' },
        { kind: 'add', name: 'some_one', category: 'artist' },
      ],
      [{ kind: 'replace', name: 'some_one', by: 'some_one', category: 'artist' }],
    ] as const;
    for (const edits of doings) {
      const model = modelOf(waiting('a', { general: ['sky', 'some_one'] }));
      for (const edit of edits) assert.ok(model.edit([a], edit));
      assert.deepEqual(shownTags(model, a), ['sky', '-some_one', 'some_one']);
      const order = model.decide([a], 'approved');
      assert.deepEqual(order?.decisions.get(a), { decision: 'edited', tags: asArtist, named: ['some_one'] });
    }
    const model = modelOf(waiting('a', { general: ['sky', 'some_one'] }));
    model.edit([a], { kind: 'add', name: 'some_one', category: 'artist' });
    model.edit([a], { kind: 'add', name: 'some_one', category: 'general' });
    assert.deepEqual(shownTags(model, a), ['sky', 'some_one']);
    assert.equal(model.decide([a], 'approved')?.decisions.get(a)?.decision, 'approved');
  });

  it('leaves a tag where it is, or was seen before, where the person says no category', () => {
    const model = modelOf(waiting('a', { character: ['alice'] }), waiting('b', { general: ['alice', 'sky'] }));
    model.edit([a, b], { kind: 'add', name: 'alice' });
    model.edit([a, b], { kind: 'add', name: 'new' });
    model.edit([b], { kind: 'replace', name: 'sky', by: 'Alice' });
    model.edit([b], { kind: 'remove', name: 'alice' });
    const decisions = model.decide([a, b], 'approved')?.decisions;
    assert.deepEqual(decisions?.get(a)?.tags, { ...NO_TAGS, general: ['new'], character: ['alice'] });
    assert.deepEqual(decisions.get(b)?.tags, { ...NO_TAGS, general: ['new'] });
    const next = modelOf(waiting('a', { character: ['alice'] }), waiting('b', { general: ['sky'] }));
    next.edit([b], { kind: 'add', name: 'Alice' });
    assert.deepEqual(next.decide([b], 'approved')?.decisions.get(b)?.tags.character, ['alice']);
  });

  it('is where it was after every undo, and where it went after every redo', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }), waiting('b', { general: ['sea'] }));
    const pictures: unknown[] = [];
    const take = (): unknown => [a, b].map((id) => [model.row(id), model.details(id)]);
    const doings = [
      () => model.edit([a, b], { kind: 'add', name: 'x', category: 'meta' }),
      () => model.edit([b], { kind: 'remove', name: 'sea' }),
      () => model.edit([a], { kind: 'category', category: 'C' }),
      () => model.edit([a, b], { kind: 'replace', name: 'x', by: 'y', category: 'artist' }),
      () => model.skip([b]),
    ];
    for (const doing of doings) {
      pictures.push(take());
      assert.ok(doing());
    }
    const last = take();
    for (const picture of pictures.toReversed()) {
      model.undo();
      assert.deepEqual(take(), picture);
    }
    assert.equal(model.undo(), undefined);
    for (const picture of [...pictures.slice(1), last]) {
      model.redo();
      assert.deepEqual(take(), picture);
    }
    assert.equal(model.redo(), undefined);
  });

  it('lets an undone decision wait again only when the core has taken it back', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }));
    model.edit([a], { kind: 'add', name: 'x', category: 'general' });
    model.decide([a], 'approved');
    const order = model.undo();
    assert.deepEqual(order?.takenBack, [a]);
    assert.equal(model.row(a)?.status, 'edited');
    model.add(waiting('a', { general: ['sky'] }));
    model.reopen(a);
    assert.equal(model.row(a)?.status, 'waiting');
    assert.deepEqual(shownTags(model, a), ['sky', 'x'], 'the edits are still there');
    const again = model.redo();
    assert.deepEqual(again?.decisions.get(a)?.tags.general, ['sky', 'x']);
  });

  it('gives an undone decision its edits back after a restart', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }));
    model.edit([a], { kind: 'add', name: 'x', category: 'general' });
    model.edit([a], { kind: 'category', category: 'Moons' });
    model.decide([a], 'approved');
    const kept = JSON.parse(JSON.stringify(model.memory)) as typeof model.memory;
    const next = new ReviewModel(surroundings);
    next.remember(kept);
    next.load([], surroundings);
    assert.deepEqual(next.undo()?.takenBack, [a]);
    next.add(waiting('a', { general: ['sky'] }));
    next.reopen(a);
    assert.deepEqual(shownTags(next, a), ['sky', 'x']);
    assert.equal(next.row(a)?.category, 'Moons');
  });

  it('undoes an edit also while the decision after it is still being taken back', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }));
    model.edit([a], { kind: 'add', name: 'x', category: 'general' });
    model.decide([a], 'approved');
    model.undo();
    model.undo();
    assert.deepEqual(shownTags(model, a), ['sky', 'x'], 'as it was decided on until the core has taken it back');
    model.add(waiting('a', { general: ['sky'] }));
    model.reopen(a);
    assert.deepEqual(shownTags(model, a), ['sky']);
    model.redo();
    assert.deepEqual(shownTags(model, a), ['sky', 'x']);
  });

  it('decides again what is redone while the decision is still being taken back', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }));
    model.decide([a], 'approved');
    model.undo();
    assert.deepEqual(model.redo()?.decisions.get(a)?.tags.general, ['sky']);
    model.add(waiting('a', { general: ['sky'] }));
    model.reopen(a);
    assert.equal(model.row(a)?.status, 'approved');
    assert.deepEqual(model.undo()?.takenBack, [a]);
  });

  it('forgets what was to be redone when something else is done', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }), waiting('b', { general: ['sea'] }));
    model.skip([a]);
    model.undo();
    model.skip([b]);
    assert.equal(model.redo(), undefined);
    assert.equal(model.toUndo?.marks[0]?.id, b);
  });

  it('neither edits nor decides again what is decided', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }));
    model.decide([a], 'rejected');
    assert.equal(model.decide([a], 'approved'), undefined);
    assert.equal(model.edit([a], { kind: 'add', name: 'x', category: 'general' }), undefined);
    assert.equal(model.skip([a]), undefined);
  });

  it('goes on after a restart with what was edited, skipped and can be undone', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }), waiting('b', { general: ['sea'] }));
    model.edit([a], { kind: 'add', name: 'x', category: 'general' });
    model.skip([b]);
    const kept = JSON.parse(JSON.stringify(model.memory)) as typeof model.memory;
    const next = new ReviewModel(surroundings);
    next.remember(kept);
    next.load([waiting('a', { general: ['sky'] }), waiting('b', { general: ['sea'] })], surroundings);
    assert.deepEqual(shownTags(next, a), ['sky', 'x']);
    assert.equal(next.row(b)?.status, 'skipped');
    next.undo();
    assert.equal(next.row(b)?.status, 'waiting');
  });

  it('completes from tags seen before, at the beginning of a word, the frequent ones first', () => {
    const model = modelOf(
      waiting('a', { general: ['blue_eyes', 'eyewear'], artist: ['eye_maker'] }),
      waiting('b', { general: ['blue_eyes', 'greyeyes'] }),
    );
    assert.deepEqual(
      model.complete('tag', 'EYE').map(({ text }) => text),
      ['eye_maker', 'eyewear', 'blue_eyes'],
    );
    assert.deepEqual(model.complete('tag', 'blue e')[0], { text: 'blue_eyes', category: 'general', count: 2 });
    model.edit([a], { kind: 'add', name: '青い目', category: 'general' });
    assert.equal(model.complete('tag', 'い目')[0]?.text, '青い目');
  });

  it('takes a tag that was seen before in the booru’s spelling, and another one as it was typed', () => {
    const model = modelOf(waiting('a', { general: ['sky', 'a\nb'] }), waiting('b', { general: ['blue_eyes'] }));
    for (const name of ['Blue  eyes', ' My Home/Garden ', 'My_Home']) {
      model.edit([a], { kind: 'add', name, category: 'general' });
    }
    assert.deepEqual(shownTags(model, a), ['sky', 'a\nb', 'blue_eyes', 'My Home/Garden', 'My_Home']);
    for (const name of ['a\nb', 'Blue Eyes', 'My Home/Garden']) model.edit([a], { kind: 'remove', name });
    assert.deepEqual(model.decide([a], 'approved')?.decisions.get(a)?.tags.general, ['sky', 'My_Home']);
    assert.deepEqual(model.find('my home'), [a]);
  });

  it('tells tags of other images from free text, also after a restart, and in the second review of an early decision', () => {
    const model = modelOf(
      waiting('a', { general: ['sky'] }),
      waiting('b', { general: ['blue_eyes', 'fate/stay_night'] }),
    );
    for (const name of ['Blue eyes', 'Places/My_Home', 'fate/stay_night']) model.edit([a], { kind: 'add', name });
    model.edit([b], { kind: 'add', name: 'Places/My_Home' });
    const next = new ReviewModel(surroundings);
    next.remember(JSON.parse(JSON.stringify(model.memory)) as typeof model.memory);
    next.load([waiting('a', { general: ['sky'] })], surroundings);
    const decision = next.decide([a], 'approved')?.decisions.get(a);
    assert.deepEqual(decision?.named, ['blue_eyes', 'fate/stay_night']);
    assert.equal(model.decide([b], 'approved')?.decisions.get(b)?.named, undefined);

    const again = modelOf({ ...waiting('a', { general: ['night'] }), decision, decidedEarly: true });
    again.edit([a], { kind: 'remove', name: 'blue_eyes' });
    const second = again.decide([a], 'approved')?.decisions.get(a);
    assert.deepEqual(second?.tags.general, ['night', 'sky', 'Places/My_Home', 'fate/stay_night']);
    assert.deepEqual(second.named, ['fate/stay_night']);
  });

  it('completes categories from folders, rules and what was chosen here', () => {
    const model = modelOf(waiting('a', { general: ['sky'] }));
    model.takeCategories(['Anime/Scenery', 'Photos/Other']);
    model.edit([a], { kind: 'category', category: 'My scenes' });
    assert.deepEqual(
      model.complete('category', 'scene').map(({ text }) => text),
      ['My scenes', 'Anime/Scenery'],
    );
  });

  it('tells which images go elsewhere by what was learned meanwhile, as they were edited', () => {
    let learned = 'Anime/Scenery';
    const suggest = (state: ImageState) => {
      const tags = resultOf(state, 'review')?.tags ?? NO_TAGS;
      return { category: tags.general.includes('sky') ? learned : 'Uncategorized', because: 'a test says so' };
    };
    const states = [waiting('a', { general: ['sky'] }), waiting('b', { general: ['sea'] })];
    const model = new ReviewModel({ ...surroundings, suggest });
    model.load(states, { ...surroundings, suggest });
    assert.deepEqual(
      [a, b].map((id) => model.row(id)?.category),
      ['Anime/Scenery', 'Uncategorized'],
    );
    learned = 'Skies';
    assert.deepEqual(
      model.suggestAnew([a, b]).map(({ id, category }) => [id, category]),
      [[a, 'Skies']],
    );
    assert.deepEqual(model.suggestAnew([a, b]), [], 'it was told');
    const c = 'c' as ImageId;
    model.add(waiting(c, { general: ['sky'] }));
    assert.deepEqual(model.suggestAnew([c]), [], 'nobody has got it yet');
    model.edit([b], { kind: 'add', name: 'sky', category: 'general' });
    assert.equal(model.row(b)?.category, 'Skies');
    assert.equal(model.details(b)?.suggested.because, 'a test says so');
  });

  it('finds by name, folder and tags as they are now', () => {
    const model = modelOf(waiting('a', { general: ['blue_sky'] }), waiting('b', { general: ['sea'] }));
    assert.deepEqual(model.find('blue sky'), [a]);
    model.edit([a], { kind: 'remove', name: 'blue_sky' });
    assert.deepEqual(model.find('blue sky'), []);
    assert.deepEqual(model.find('B.JPG'), [b]);
  });
});
