import { TAG_CATEGORIES, type TagCategory, type TagSet } from '../../core/model/tag.ts';
import type { Completion } from '../../protocol/review.ts';

/** Completions that are offered at once. */
const OFFERED = 8;

/** All tags seen so far, with how many images have them: what is completed from. */
export class TagIndex {
  private readonly tags = new Map<string, { readonly category: TagCategory; count: number }>();

  /** in a booru's spelling, not free text */
  private readonly named = new Set<string>();

  /** @param named of the image's tags, those that are a booru's or a model's */
  add(tags: TagSet, named: Iterable<string>): void {
    for (const name of named) this.named.add(name);
    for (const category of TAG_CATEGORIES) for (const name of tags[category]) this.addOne(name, category);
  }

  addOne(name: string, category: TagCategory): void {
    const known = this.tags.get(name);
    if (known) known.count++;
    else this.tags.set(name, { category, count: 1 });
  }

  isNamed(name: string): boolean {
    return this.named.has(name);
  }

  /** As it was seen first; what was never seen is a general one. */
  categoryOf(name: string): TagCategory {
    return this.tags.get(name)?.category ?? 'general';
  }

  /** A tag that was seen before is taken in the booru's spelling, another one as it was typed. */
  spelling(typed: string): string {
    if (this.tags.has(typed)) return typed;
    const text = typed.trim().replace(/\s+/g, ' ').normalize('NFC');
    const booru = booruSpelling(text);
    return this.tags.has(booru) ? booru : text;
  }

  /** Tags with the text at the beginning of one of their words, the most frequent first. */
  complete(text: string): readonly Completion[] {
    const part = booruSpelling(text.trim());
    if (part === '') return [];
    const found: Completion[] = [];
    for (const [name, { category, count }] of this.tags) {
      if (beginsAWord(booruSpelling(name), part)) found.push({ text: name, category, count });
    }
    const begins = (name: string): number => Number(booruSpelling(name).startsWith(part));
    return found
      .sort((a, b) => begins(b.text) - begins(a.text) || b.count - a.count || (a.text < b.text ? -1 : 1))
      .slice(0, OFFERED);
  }
}

/** `Blue eyes` as the boorus spell it: `blue_eyes`. */
export const booruSpelling = (text: string): string => text.toLowerCase().replace(/\s+/g, '_');

function beginsAWord(name: string, part: string): boolean {
  for (let at = name.indexOf(part); at >= 0; at = name.indexOf(part, at + 1)) {
    const before = name[at - 1];
    if (before === undefined || !/[\p{L}\p{N}]/u.test(before)) return true;
    // scripts without spaces have no beginnings of words
    if (/[^\u0000-\u024f]/.test(part)) return true; // eslint-disable-line no-control-regex -- beyond Latin
  }
  return false;
}

/** Categories with the text in them, those that begin with it first. */
export function completeCategory(categories: ReadonlyMap<string, number>, text: string): readonly Completion[] {
  const part = text.trim().toLowerCase();
  const begins = (name: string): number => Number(name.toLowerCase().startsWith(part));
  return [...categories]
    .filter(([name]) => name.toLowerCase().includes(part))
    .map(([name, count]) => ({ text: name, count }))
    .sort((a, b) => begins(b.text) - begins(a.text) || b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, OFFERED);
}
