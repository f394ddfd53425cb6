import assert from 'node:assert/strict';
import type { SidecarContent } from '../../../src/core/sidecar/content.ts';
import type { SidecarFields } from '../../../src/core/sidecar/fields.ts';
import { mergeFields } from '../../../src/core/sidecar/mergeFields.ts';

const CONTENT: SidecarContent = {
  tags: [
    { path: ['general', 'blue eyes'], leaf: 'blue eyes' },
    { path: ['copyright', 'fate\u2215stay night'], leaf: 'fate/stay night' },
    { path: ['rating', 'general'], leaf: 'rating:general' },
  ],
  description: 'ours',
  relations: ['https://example.org/1'],
  creators: ['artist'],
  date: '2024-05-06T07:08:09+09:00',
  rating: 5,
  creatorTool: 'Image Inbox 1.0.0',
};
const OURS = ['general/blue eyes', 'copyright/fate\u2215stay night', 'rating/general'];
const EMPTY: SidecarContent = { tags: [], relations: [], creators: [], creatorTool: 'Image Inbox 1.0.0' };

describe('merging into what stands in a sidecar', () => {
  it('puts each tag into all three fields', () => {
    const merged = mergeFields({}, CONTENT);
    assert.deepEqual(merged.tagsList, OURS);
    assert.deepEqual(
      merged.hierarchicalSubject,
      OURS.map((tag) => tag.replace('/', '|')),
    );
    assert.deepEqual(merged.subject, ['blue eyes', 'fate/stay night', 'rating:general']);
  });

  it('keeps order and spelling of what stands, and adds ours once', () => {
    const merged = mergeFields({ tagsList: ['Zoo', 'general/blue eyes', 'Family/Me'], creator: ['Me'] }, CONTENT);
    assert.deepEqual(merged.tagsList, ['Zoo', 'general/blue eyes', 'Family/Me', OURS[1], OURS[2]]);
    assert.deepEqual(merged.creator, ['Me', 'artist']);
  });

  it('carries tags that stand in one field into the others, where ours would hide them', () => {
    const fromLightroom = mergeFields({ hierarchicalSubject: ['Places|Home', 'a/b'], subject: ['Home', 'x'] }, CONTENT);
    assert.deepEqual(fromLightroom.tagsList, ['Places/Home', 'a\u2215b', ...OURS]);
    assert.deepEqual(fromLightroom.subject?.slice(0, 3), ['Home', 'x', 'a/b']);
    const fromWindows = mergeFields({ subject: ['Home', '22/7'] }, CONTENT);
    assert.deepEqual(fromWindows.tagsList, ['Home', '22\u22157', ...OURS]);
    assert.deepEqual(fromWindows.hierarchicalSubject?.slice(0, 2), ['Home', '22\u22157']);
  });

  it('takes neither category words nor darktable’s own keywords for tags, and leaves them where they are', () => {
    const merged = mergeFields({ subject: ['character', 'Copyright', 'darktable|exported', 'rem'] }, CONTENT);
    assert.deepEqual(merged.tagsList, ['rem', ...OURS]);
    assert.deepEqual(merged.subject?.slice(0, 4), ['character', 'Copyright', 'darktable|exported', 'rem']);
    const tree = mergeFields({ hierarchicalSubject: ['darktable|format|jpg', 'rem'] }, CONTENT);
    assert.deepEqual(tree.tagsList, ['rem', ...OURS]);
    assert.equal(tree.hierarchicalSubject?.[0], 'darktable|format|jpg');
  });

  it('takes a TagsList of one empty entry as "no tags", and does not look at the other fields', () => {
    const standing = { tagsList: [''], hierarchicalSubject: ['stale|tag'], subject: ['tag'] };
    assert.deepEqual(mergeFields(standing, CONTENT).tagsList, OURS);
    assert.deepEqual(mergeFields(standing, EMPTY).tagsList, ['']);
  });

  it('fills in texts only where there are none, pairs as one', () => {
    const merged = mergeFields(
      { description: 'mine', dateCreated: '2020', rating: '3', creatorTool: 'digiKam' },
      CONTENT,
    );
    assert.equal(merged.description, 'mine');
    assert.equal(merged.imageDescription, undefined);
    assert.equal(merged.dateTimeOriginal, undefined);
    assert.equal(merged.rating, '3');
    assert.equal(merged.creatorTool, 'digiKam');
  });

  const shapes: Record<string, SidecarFields> = {
    'nothing': {},
    'Immich’s': { tagsList: ['a|b/c', 'rating/explicit', 'x/fate\u2215y'], description: 'd' },
    'Immich’s without tags': { tagsList: [''] },
    'Lightroom’s': { hierarchicalSubject: ['a/b|c', 'x||y', ' p | q '], subject: ['c', 'k/l'] },
    'darktable’s': { hierarchicalSubject: ['darktable|x', 'general|blue eyes'], subject: ['general', 'blue eyes'] },
    'a flat one': { subject: ['a|b', 'c/d', 'e\u2215f', 'general', '/'] },
  }; // prettier-ignore
  for (const [name, standing] of Object.entries(shapes)) {
    it(`changes nothing the second time: ${name}`, () => {
      for (const content of [CONTENT, EMPTY]) {
        const once = mergeFields(standing, content);
        assert.deepEqual(mergeFields(once, content), once);
      }
    });
  }
});
