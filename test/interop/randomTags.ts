import { dice } from '../../scripts/samples/dice.ts';
import { NO_TAGS, type TagCategory, type TagSet } from '../../src/core/model/tag.ts';

/** What would do harm if it got into ExifTool's arguments, into XML or into a shell as it is. */
const ATTACKS = [
  'x\n-execute\n-o\nother.txt', 'x\r\n-o\r\nother.txt', '\n-stay_open\nFalse', 'x\n-@\nother.txt', 'x\n-config\nother.txt\n-ver',
  'x\n-if\nsystem("touch other.txt")', 'x\n-w\ntxt', '-o', '-execute', '@other.txt', '-@', '--', '-XMP-dc:Title=x', '<other.txt', '%d%f.txt',
  '$(touch other.txt)', '`touch other.txt`', '; touch other.txt', '| touch other.txt', '../other.txt', '#[CSTR]x\\n-o\\nother.txt', '#x',
  '{ready}', "Can't locate Foo.pm in @INC", ']]>', '<!-- x', '</rdf:li>', '&#10;', '&lt;', '&amp;amp;', '<![CDATA[x]]>', '\0', 'a\0b',
  '\u2028x', '\u0085x', '\ud800', '\udc00x', '\ufffe', '\uffff', 'a\uffffb', '\\', '\\n', '[a,b]', '{a=b}', '|}', "'", '"', '`', '^', '+', '=', '',
] as const; // prettier-ignore
const SEPARATORS = ['/', '|', ',', ';', ', ', '//', '||', '\u2215', '\uff5c', ' | ', ' || ', ' and '] as const;
/** From each a random character: control characters, scripts, all planes, and what joins, turns or hides letters. */
const RANGES = [
  [0x00, 0x1f], [0x20, 0x7e], [0x7f, 0xa0], [0xa1, 0x24f], [0x300, 0x36f], [0x370, 0x5ff], [0x600, 0x6ff], [0x900, 0x97f],
  [0xe00, 0xe7f], [0x2000, 0x206f], [0x2190, 0x27bf], [0x3000, 0x30ff], [0x4e00, 0x9fff], [0xac00, 0xd7a3], [0xd800, 0xdfff],
  [0xe000, 0xf8ff], [0xfdd0, 0xfdef], [0xfe00, 0xfe0f], [0xff00, 0xffff], [0x10000, 0x1ffff], [0x1f300, 0x1faff],
  [0x20000, 0x2ffff], [0x30000, 0x3ffff], [0xe0000, 0xe01ef], [0xf0000, 0xfffff], [0x100000, 0x10ffff],
] as const; // prettier-ignore

/** Up to forty tags that no booru would have; the same number gives the same ones. */
export function randomTags(number: number): TagSet {
  const roll = dice(number + 1);
  const below = (limit: number): number => Math.floor(roll() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const character = (): string => {
    const [first, last] = pick(RANGES);
    return String.fromCodePoint(first + below(last - first + 1));
  };
  const word = (): string => Array.from({ length: 1 + below(roll() < 0.02 ? 2000 : 20) }, character).join('');
  const tag = (): string => {
    const kind = roll();
    if (kind < 0.3) return pick(ATTACKS);
    if (kind < 0.5) return word() + pick(SEPARATORS) + word();
    if (kind < 0.6) return pick(ATTACKS) + pick(SEPARATORS) + word();
    return kind < 0.7 ? `tag number ${below(1000)}` : word();
  };
  const some = (): readonly string[] => [...new Set(Array.from({ length: below(14) }, tag))];
  const categories: readonly TagCategory[] = ['general', 'artist', 'meta'];
  return { ...NO_TAGS, ...Object.fromEntries(categories.map((category) => [category, some()])) };
}
