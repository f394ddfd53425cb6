import assert from 'node:assert/strict';
import type { SidecarContent, SidecarTag } from '../../../src/core/sidecar/content.ts';
import type { SidecarFields } from '../../../src/core/sidecar/fields.ts';
import { mergeFields, type Beside } from '../../../src/core/sidecar/mergeFields.ts';
import { parseTagSources } from '../../../src/core/sidecar/tagSources.ts';
import { toLeaf } from '../../../src/core/sidecar/tagPath.ts';

const POST = 'danbooru:1 via saucenao 93.4 %';
const MODEL = 'model wd-tagger 87.1 %';
const tag = (key: string, origin = POST, name = key.replace(/^.*?\//, '').replaceAll(' ', '_')): SidecarTag => {
  const path = key.split('/');
  return { path, leaf: toLeaf(path), name, origin };
};
const EMPTY: SidecarContent = {
  tags: [],
  relations: [],
  creators: [],
  creatorTool: 'Image Inbox 1.0.0',
  asked: { search: true, analysis: true },
};
const OURS = ['general/blue eyes', 'copyright/fate\u2215stay night', 'rating/general'];
const CONTENT: SidecarContent = {
  ...EMPTY,
  tags: [tag(OURS[0]!), tag(OURS[1]!), tag(OURS[2]!, POST, 'rating:general')],
  description: 'ours',
  relations: ['https://example.org/1'],
  creators: ['artist'],
  date: '2024-05-06T07:08:09+09:00',
  adultContentWarning: 'CW-NRQ',
  rating: 5,
};
const merge = (standing: SidecarFields, content = CONTENT, beside?: Beside): SidecarFields =>
  mergeFields(standing, content, beside).fields;
const without = (fields: SidecarFields, ...names: readonly (keyof SidecarFields)[]): SidecarFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.some((other) => other === name)));
const origins = ({ tagSources }: SidecarFields): Record<string, string> =>
  Object.fromEntries(parseTagSources(tagSources).map(({ key, origin }) => [key, origin]));

describe('merging into what stands in a sidecar', () => {
  it('puts each tag into all three fields', () => {
    const merged = merge({});
    assert.deepEqual(merged.tagsList, OURS);
    assert.deepEqual(
      merged.hierarchicalSubject,
      OURS.map((key) => key.replace('/', '|')),
    );
    assert.deepEqual(merged.subject, ['blue eyes', 'fate/stay night', 'rating:general']);
  });

  it('keeps order and spelling of what stands, and adds ours once', () => {
    const merged = merge({ tagsList: ['Zoo', 'general/blue eyes', 'Family/Me'], creator: ['Me'] });
    assert.deepEqual(merged.tagsList, ['Zoo', 'general/blue eyes', 'Family/Me', OURS[1], OURS[2]]);
    assert.deepEqual(merged.creator, ['Me', 'artist']);
  });

  it('carries tags that stand in one field into the others, where ours would hide them', () => {
    const fromLightroom = merge({ hierarchicalSubject: ['Places|Home', 'a/b'], subject: ['Home', 'x'] });
    assert.deepEqual(fromLightroom.tagsList, ['Places/Home', 'a\u2215b', ...OURS]);
    assert.deepEqual(fromLightroom.subject?.slice(0, 3), ['Home', 'x', 'a/b']);
    const fromWindows = merge({ subject: ['Home', '22/7'] });
    assert.deepEqual(fromWindows.tagsList, ['Home', '22\u22157', ...OURS]);
    assert.deepEqual(fromWindows.hierarchicalSubject?.slice(0, 2), ['Home', '22\u22157']);
    const fromAcdsee = merge({ acdseeCategories: ['Places/Home'] });
    assert.deepEqual(fromAcdsee.tagsList, ['Places/Home', ...OURS]);
  });

  it('takes neither category words nor darktable’s own keywords for tags, and leaves them where they are', () => {
    const merged = merge({ subject: ['character', 'Copyright', 'darktable|exported', 'rem'] });
    assert.deepEqual(merged.tagsList, ['rem', ...OURS]);
    assert.deepEqual(merged.subject?.slice(0, 4), ['character', 'Copyright', 'darktable|exported', 'rem']);
    const tree = merge({ hierarchicalSubject: ['darktable|format|jpg', 'rem'] });
    assert.deepEqual(tree.tagsList, ['rem', ...OURS]);
    assert.equal(tree.hierarchicalSubject?.[0], 'darktable|format|jpg');
  });

  it('takes a TagsList of one empty entry as "no tags", and the other fields for stale', () => {
    const standing = { tagsList: [''], hierarchicalSubject: ['stale|tag', 'darktable|x'], subject: ['tag'] };
    assert.deepEqual(merge(standing).tagsList, OURS);
    const { tagsList, hierarchicalSubject, subject } = merge(standing, EMPTY);
    assert.deepEqual([tagsList, hierarchicalSubject, subject], [[''], ['darktable|x'], undefined]);
  });

  it('fills in texts only where there are none, pairs as one', () => {
    const merged = merge({ description: 'mine', dateCreated: '2020', rating: '3', creatorTool: 'digiKam' });
    assert.equal(merged.description, 'mine');
    assert.equal(merged.imageDescription, undefined);
    assert.equal(merged.dateTimeOriginal, undefined);
    assert.equal(merged.rating, '3');
    assert.equal(merged.creatorTool, 'digiKam');
  });

  it('brings digiKam’s mirrors up to date where they are, and makes none', () => {
    const merged = merge({
      tagsList: ['A/B'],
      lastKeywordXmp: ['A/B'],
      catalogSets: ['A|B'],
      acdseeCategories: ['A/B'],
    });
    assert.deepEqual(merged.lastKeywordXmp, ['A/B', ...OURS]);
    assert.deepEqual(merged.catalogSets, ['A|B', ...OURS.map((key) => key.replace('/', '|'))]);
    assert.deepEqual(merged.acdseeCategories, ['A/B', ...OURS]);
    assert.equal(merge({}).lastKeywordXmp, undefined);
  });

  const shapes: Record<string, SidecarFields> = {
    'nothing': {},
    'Immich’s': { tagsList: ['a|b/c', 'rating/explicit', 'x/fate\u2215y'], description: 'd' },
    'Immich’s without tags': { tagsList: [''] },
    'Lightroom’s': { hierarchicalSubject: ['a/b|c', 'x||y', ' p | q '], subject: ['c', 'k/l'] },
    'darktable’s': { hierarchicalSubject: ['darktable|x', 'general|blue eyes'], subject: ['general', 'blue eyes'] },
    'a flat one': { subject: ['a|b', 'c/d', 'e\u2215f', 'general', '/'] },
    'one whose fields differ': { tagsList: ['a/b'], hierarchicalSubject: ['old|tag'], subject: ['b', 'other'] },
  }; // prettier-ignore
  for (const [name, standing] of Object.entries(shapes)) {
    it(`changes nothing the second time: ${name}`, () => {
      for (const content of [CONTENT, EMPTY]) {
        const once = merge(standing, content);
        assert.deepEqual(mergeFields(once, content), { fields: once, conflicts: [] });
      }
    });
  }
});

describe('where tags are from', () => {
  it('is kept for each tag, with its score and the booru’s spelling', () => {
    const merged = merge(
      { tagsList: ['Zoo', 'general/blue eyes'] },
      { ...EMPTY, tags: [tag('general/blue eyes'), tag('x', 'user', '|_|')] },
    );
    assert.equal(
      merged.tagSources,
      `Zoo | found in the sidecar || general/blue eyes | found in the sidecar and ${POST} | blue_eyes || x | user | \uff5c_\uff5c`,
    );
  });

  it('follows a search and a model that now say something else', () => {
    const first = merge({}, { ...EMPTY, tags: [tag('a'), tag('b', MODEL), tag('c', `${POST} and ${MODEL}`)] });
    const better = 'yandere:2 via iqdb 99 %';
    const second = merge(first, { ...EMPTY, tags: [tag('a', better), tag('c', MODEL)] });
    assert.deepEqual(origins(second), { a: better, c: MODEL });
  });
});

describe('merging what others have edited since', () => {
  const first = merge({});

  it('takes TagsList for the truth where Immich has edited it, and rebuilds the other fields', () => {
    const immich = { ...first, tagsList: ['general/blue eyes', 'Trips/Rome'] };
    const merged = merge(immich);
    assert.deepEqual(merged.tagsList, ['general/blue eyes', 'Trips/Rome']);
    assert.deepEqual(merged.hierarchicalSubject, ['general|blue eyes', 'Trips|Rome']);
    assert.deepEqual(merged.subject, ['blue eyes', 'Rome']);
    assert.deepEqual(merge(merged), merged);
  });

  it('brings no tag back that somebody deleted, however often it is suggested, and however it is spelled then', () => {
    const immich = { ...first, tagsList: ['copyright/fate\u2215stay night', 'rating/general'] };
    let merged = merge(immich);
    for (const key of ['general/blue eyes', 'Blue Eyes']) {
      merged = merge(merged, { ...CONTENT, tags: [tag(key, POST, 'blue_eyes'), ...CONTENT.tags.slice(1)] });
      assert.deepEqual(merged.tagsList, immich.tagsList);
    }
    assert.equal(merged.removedTags, `general/blue eyes | ${POST} | blue_eyes`);
  });

  it('brings a deleted tag back for a person who types it, or who puts it back by another program', () => {
    const deleted = merge({ ...first, tagsList: OURS.slice(1) });
    const typed = merge(deleted, { ...CONTENT, tags: [...CONTENT.tags, tag('general/blue eyes', 'user')] });
    assert.ok(typed.tagsList?.includes('general/blue eyes'));
    const putBack = merge({ ...deleted, tagsList: [...(deleted.tagsList ?? []), 'general/blue eyes'] });
    assert.ok(putBack.hierarchicalSubject?.includes('general|blue eyes'));
    assert.deepEqual([typed.removedTags, putBack.removedTags], [undefined, undefined]);
  });

  it('brings none of the others back that were deleted with it', () => {
    const deleted = merge({ ...first, tagsList: [OURS[2]!] });
    for (const typed of [tag(OURS[0]!, 'user'), tag('eyes/blue', 'user', 'blue_eyes')]) {
      const merged = merge(deleted, { ...CONTENT, tags: [...CONTENT.tags, typed] });
      assert.ok(merged.subject?.includes(typed.leaf), typed.leaf);
      assert.equal(merged.tagsList?.includes(OURS[1]!), false);
      assert.equal(merged.removedTags, `${OURS[1]} | ${POST} | fate∕stay_night`);
    }
  });

  it('brings a deleted tag back for no other one that has no name in a booru either', () => {
    const nameless = [tag('Zoo', 'user', ''), tag('Beach', 'user', '')];
    const deleted = merge({ ...merge({}, { ...EMPTY, tags: nameless }), tagsList: ['Beach'] }, EMPTY);
    const typed = merge(deleted, { ...EMPTY, tags: [tag('Park', 'user', '')] });
    assert.deepEqual(typed.tagsList, ['Beach', 'Park']);
    assert.equal(typed.removedTags, 'Zoo | user');
  });

  it('follows darktable, which knows the two other fields and makes flat keywords of every level', () => {
    const darktable = {
      ...first,
      hierarchicalSubject: ['copyright|fate\u2215stay night', 'darktable|format|jpg', 'rating|general', 'mine|new'],
      subject: ['copyright', 'fate\u2215stay night', 'general', 'mine', 'new', 'rating'],
    };
    const merged = merge(darktable);
    assert.deepEqual(merged.tagsList, ['copyright/fate\u2215stay night', 'rating/general', 'mine/new']);
    assert.deepEqual(merged.hierarchicalSubject, darktable.hierarchicalSubject);
    assert.deepEqual(merged.subject, [
      'copyright',
      'fate/stay night',
      'general',
      'mine',
      'new',
      'rating',
      'rating:general',
    ]);
    assert.deepEqual(merge(merged), merged);
  });

  it('follows a program that knows dc:Subject alone', () => {
    const merged = merge({ ...first, subject: ['fate/stay night', 'rating:general', 'holiday'] });
    assert.deepEqual(merged.tagsList, [OURS[1], OURS[2], 'holiday']);
    assert.deepEqual(merged.hierarchicalSubject?.at(-1), 'holiday');
  });

  it('follows a program that has removed every tag, but no field that is gone alone', () => {
    assert.deepEqual(merge({ ...first, tagsList: [''] }).tagsList, ['']);
    const darktable = merge(without(first, 'hierarchicalSubject', 'subject'));
    assert.deepEqual([darktable.tagsList, darktable.subject], [undefined, undefined]);
    for (const field of ['tagsList', 'hierarchicalSubject', 'subject'] as const) {
      assert.deepEqual(merge(without(first, field)), first);
    }
  });

  it('brings the edits of two programs together', () => {
    const merged = merge({
      ...first,
      tagsList: ['general/blue eyes', 'rating/general', 'immich/new'],
      hierarchicalSubject: ['copyright|fate\u2215stay night', 'rating|general', 'darkroom|new'],
      subject: ['fate/stay night', 'rating:general', 'new'],
    });
    assert.deepEqual(merged.tagsList, ['rating/general', 'immich/new', 'darkroom/new']);
    assert.deepEqual(merged.hierarchicalSubject, ['rating|general', 'darkroom|new', 'immich|new']);
  });

  it('never drops what somebody else wrote, however often our own tags change', () => {
    const standing = { tagsList: ['Zoo', 'general/blue eyes'], creator: ['Me'], relation: ['https://mine'] };
    const merged = merge(merge(standing), EMPTY);
    assert.deepEqual(merged.tagsList, ['Zoo', 'general/blue eyes']);
    assert.deepEqual([merged.creator, merged.relation], [['Me'], ['https://mine']]);
  });

  it('deletes nothing where another program has dropped our own fields', () => {
    const dropped = without({ ...first, tagsList: ['Trips/Rome'] }, 'tagSources', 'removedTags', 'fieldHashes');
    const merged = merge(dropped, EMPTY);
    assert.deepEqual(merged.tagsList, ['Trips/Rome']);
    assert.ok(merged.hierarchicalSubject?.includes('general|blue eyes'));
    assert.equal(merged.description, 'ours');
  });
});

describe('what we no longer say', () => {
  const tags = [tag('a'), tag('b', MODEL), tag('typed', 'user'), tag('rating/explicit', POST, 'rating:explicit')];
  const first = merge({}, { ...CONTENT, tags, adultContentWarning: 'CW-AWR', source: 'https://post', title: 'T' });

  it('goes, but for what people typed', () => {
    const merged = merge(first, EMPTY);
    assert.deepEqual(merged.tagsList, ['typed']);
    const { description, imageDescription, source, title, dateCreated, creator, relation, adultContentWarning } =
      merged;
    const gone = [description, imageDescription, source, title, dateCreated, creator, relation, adultContentWarning];
    assert.deepEqual(
      gone,
      gone.map(() => undefined),
    );
    assert.equal(merged.rating, '5');
  });

  it('stays where search or analysis had no say this time', () => {
    assert.deepEqual(merge(first, { ...EMPTY, asked: { search: false, analysis: false } }), first);
    const analyzed = merge(first, { ...EMPTY, asked: { search: false, analysis: true } });
    assert.deepEqual(analyzed.tagsList, ['a', 'typed', 'rating/explicit']);
    assert.deepEqual([analyzed.source, analyzed.adultContentWarning], ['https://post', 'CW-AWR']);
    const searched = merge(first, { ...EMPTY, asked: { search: true, analysis: false } });
    assert.deepEqual([searched.tagsList, searched.source], [['b', 'typed'], undefined]);
  });

  it('is written again when it is said again', () => {
    const again = merge(merge(first, EMPTY), { ...CONTENT, tags });
    assert.deepEqual([again.tagsList?.includes('a'), again.creator, again.relation], [true, ['artist'], ['https://example.org/1']]); // prettier-ignore
    assert.equal(again.description, 'ours');
  });
});

describe('merging texts', () => {
  const first = merge({});
  const TEXTS: readonly (readonly [string, Partial<SidecarContent>, readonly (keyof SidecarFields)[]])[] = [
    ['description', { description: 'text' }, ['description', 'imageDescription']],
    ['date', { date: 'text' }, ['dateTimeOriginal', 'dateCreated']],
    ['source', { source: 'text' }, ['source']],
    ['identifier', { identifier: 'text' }, ['identifier']],
    ['title', { title: 'text' }, ['title']],
    ['content warning', { adultContentWarning: 'text' as 'CW-UNK' }, ['adultContentWarning']],
    ['digital source type', { digitalSourceType: 'text' }, ['digitalSourceType']],
    ['creator tool', { creatorTool: 'text' }, ['creatorTool']],
  ];
  for (const [name, said, fields] of TEXTS) {
    const content: SidecarContent = { ...EMPTY, ...said };
    const [field] = fields as readonly [keyof SidecarFields];

    it(`says the ${name} in ${fields.join(' and ')}, and gives way to what others made of it`, () => {
      const written = merge({}, content);
      for (const one of fields) assert.equal(written[one], 'text', one);
      const changed = Object.fromEntries(Object.entries(content).map(([k, v]) => [k, v === 'text' ? 'new' : v]));
      const { fields: merged, conflicts } = mergeFields(
        { ...written, [field]: 'mine' },
        changed as unknown as SidecarContent,
      );
      assert.equal(merged[field], 'mine');
      assert.deepEqual(conflicts, [`${name}: “mine” was written by somebody else and stays; “new” was not written`]);
    });

    // the tool that wrote the sidecar is another one than that which made the image
    const isOverImages = name === 'creator tool';
    it(`${isOverImages ? 'says' : 'does not say'} the ${name} where the image has one`, () => {
      for (const one of fields) {
        const merged = merge({}, content, { image: { [one]: 'the image’s' } });
        for (const each of fields) assert.equal(merged[each], isOverImages ? 'text' : undefined, `${one}, ${each}`);
      }
    });
  }

  it('withdraws neither stars nor the tool', () => {
    const { rating, creatorTool } = merge(first, { ...EMPTY, creatorTool: '' });
    assert.deepEqual([rating, creatorTool], ['5', 'Image Inbox 1.0.0']);
  });
  const next = { ...CONTENT, description: 'ours, new' };

  it('replaces a text that still is ours', () => {
    const { fields, conflicts } = mergeFields(first, next);
    assert.deepEqual([fields.description, fields.imageDescription, conflicts], ['ours, new', 'ours, new', []]);
  });

  it('leaves one that somebody changed, in both of its fields, and tells of a conflict once', () => {
    const immich = { ...first, description: 'mine' };
    const quiet = mergeFields(immich, CONTENT);
    assert.deepEqual(quiet.conflicts, []);
    assert.deepEqual([quiet.fields.description, quiet.fields.imageDescription], ['mine', 'mine']);
    const { fields, conflicts } = mergeFields(quiet.fields, next);
    assert.deepEqual([fields.description, fields.imageDescription], ['mine', 'mine']);
    assert.deepEqual(conflicts, [
      'description: “mine” was written by somebody else and stays; “ours, new” was not written',
    ]);
    assert.deepEqual(mergeFields(fields, next), { fields, conflicts: [] });
  });

  it('follows in both of its fields each further change of it, and its end, in the program that knows only the one', () => {
    for (const [known, other] of [
      ['description', 'imageDescription'],
      ['imageDescription', 'description'],
    ] as const) {
      const once = merge({ ...first, [known]: 'mine' });
      assert.deepEqual([once[known], once[other]], ['mine', 'mine']);
      const twice = mergeFields({ ...once, [known]: 'mine, better' }, CONTENT);
      assert.deepEqual([twice.fields[known], twice.fields[other]], ['mine, better', 'mine, better'], known);
      assert.deepEqual(mergeFields(twice.fields, CONTENT), { fields: twice.fields, conflicts: [] });
    }
    const deleted = merge(without(merge({ ...first, description: 'mine' }), 'description'));
    assert.deepEqual([deleted.description, deleted.imageDescription], [undefined, undefined]);
  });

  it('tells of no conflict where ours stayed the same, also after another program has changed both fields', () => {
    const { description: _, ...dropped } = merge({ ...first, imageDescription: 'mine' });
    for (const edited of [{ ...dropped, description: 'mine, better', imageDescription: 'mine, better' }, dropped]) {
      const { fields, conflicts } = mergeFields(edited, CONTENT);
      assert.deepEqual([fields.imageDescription, conflicts], [edited.imageDescription, []]);
      assert.equal(mergeFields(fields, next).conflicts.length, 1);
    }
  });

  it('tells of no conflict where there never was one of ours, and writes ours once theirs is gone', () => {
    const { fields, conflicts } = mergeFields({ description: 'mine' }, CONTENT);
    assert.deepEqual([fields.description, conflicts], ['mine', []]);
    assert.equal(merge(without(fields, 'description')).description, 'ours');
  });

  it('holds what sites give for texts, names and addresses without what XMP can’t carry, and none of which nothing is left', () => {
    const merged = merge({}, { ...EMPTY, title: ' a\n-b\u0000', creators: ['\u0001', 'c\td'], relations: ['\n'] });
    assert.deepEqual([merged.title, merged.creator, merged.relation], ['a -b', ['c d'], undefined]);
  });

  it('writes none that somebody deleted, and fills in the half of a pair that a program has dropped', () => {
    const { fields, conflicts } = mergeFields(without(first, 'description'), next);
    assert.deepEqual([fields.description, fields.imageDescription], [undefined, undefined]);
    assert.deepEqual(conflicts, [
      'description: was deleted by somebody else and stays so; “ours, new” was not written',
    ]);
    assert.deepEqual(merge(without(first, 'imageDescription')), first);
  });

  it('changes no star rating that stands, not even ours, and gives none back that was taken away', () => {
    assert.equal(merge(first, { ...CONTENT, rating: 1 }).rating, '5');
    assert.equal(merge(without(first, 'rating')).rating, undefined);
  });

  it('merges artists and addresses entry by entry', () => {
    const edited = { ...first, creator: ['Me'], relation: ['https://example.org/1', 'https://mine'] };
    const content = { ...CONTENT, creators: ['artist', 'second'], relations: ['https://example.org/2'] };
    const merged = merge(edited, content);
    assert.deepEqual(merged.creator, ['Me', 'second']);
    assert.deepEqual(merged.relation, ['https://mine', 'https://example.org/2']);
    assert.deepEqual(merge(merged, content), merged);
  });
});

describe('what is said beside a sidecar', () => {
  const image: SidecarFields = {
    hierarchicalSubject: ['Places|Home'],
    subject: ['Home'],
    creator: ['Me'],
    description: 'mine',
    dateTimeOriginal: '2001:02:03 04:05:06',
    rating: '4',
  };

  it('is carried over from the image where ours would hide it, and not overridden', () => {
    const merged = merge({}, CONTENT, { image });
    assert.deepEqual(merged.tagsList, ['Places/Home', ...OURS]);
    assert.deepEqual(merged.creator, ['Me', 'artist']);
    const { description, imageDescription, dateTimeOriginal, dateCreated, rating } = merged;
    assert.deepEqual([description, imageDescription, dateTimeOriginal, dateCreated, rating], Array(5).fill(undefined));
    assert.equal(origins(merged)['Places/Home'], 'found in the image');
    assert.deepEqual(merge(merged, CONTENT, { image }), merged);
  });

  it('does not come back from the image when somebody has deleted it from the sidecar', () => {
    const merged = merge({}, CONTENT, { image });
    assert.deepEqual(merge({ ...merged, tagsList: OURS }, CONTENT, { image }).subject, merge({}).subject);
  });

  it('is one tag with that of the sidecar where digiKam wrote the flat word into the image', () => {
    const flat: SidecarFields = { subject: ['Home', 'blue eyes', 'Other'] };
    const merged = merge({ tagsList: ['Places/Home'] }, CONTENT, { image: flat });
    assert.deepEqual(merged.tagsList, ['Places/Home', 'blue eyes', 'Other', ...OURS]);
    const deleted = merge({ ...merged, tagsList: merged.tagsList.slice(1) }, CONTENT, { image: flat });
    assert.deepEqual(merge(deleted, CONTENT, { image: flat }).tagsList, ['blue eyes', 'Other', ...OURS]);
  });

  it('gives way to the image in a text of ours that it has got since, and takes 0 stars for none', () => {
    assert.equal(merge(merge({}), CONTENT, { image }).description, undefined);
    assert.equal(merge({}, CONTENT, { image: { rating: '0' } }).rating, '5');
  });

  it('is taken over once from a sidecar of the other naming style, its new tags at any time', () => {
    const otherSidecar: SidecarFields = { subject: ['Home'], rating: '2', title: 'theirs', creatorTool: 'Adobe' };
    const merged = merge({ tagsList: ['Zoo'] }, CONTENT, { otherSidecar });
    assert.deepEqual(merged.tagsList, ['Zoo', 'Home', ...OURS]);
    assert.deepEqual([merged.rating, merged.title, merged.creatorTool], ['2', 'theirs', 'Image Inbox 1.0.0']);
    const later = merge(without(merged, 'title'), CONTENT, {
      otherSidecar: { ...otherSidecar, subject: ['Home', 'New'] },
    });
    assert.deepEqual(later.tagsList?.at(-1), 'New');
    assert.equal(later.title, undefined);
  });
});
