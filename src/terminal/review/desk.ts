import type { ImageId } from '../../core/model/ids.ts';
import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import type { Decision, Suggestion } from '../../core/model/review.ts';
import { namesOf, NO_TAGS, TAG_CATEGORIES, type TagCategory, type TagSet } from '../../core/model/tag.ts';
import { foundFor, namedFor, suggestionOf } from '../../core/stages/suggestion.ts';

/** A tag as it is shown: where it comes from, and whether the person took it away or put it there. */
export interface ShownTag {
  readonly name: string;
  readonly category: TagCategory;
  /** who suggests it: the service, the tagger, both, or the person */
  readonly origin: 'match' | 'tagger' | 'both' | 'you';
  /** 0 to 1, of the tagger */
  readonly score?: number;
  readonly removed: boolean;
}

/** An image on the desk, with what the person has changed before deciding. */
export interface Item {
  readonly state: ImageState;
  readonly suggestion: Suggestion;
  /** as edited; absent: as suggested */
  readonly tags?: TagSet;
  readonly category?: string;
}

/**
 * The images that wait, in the order of the review, and what was decided on them. Knows no screen; decisions go to `send`,
 * which keeps them.
 */
export class Desk {
  private readonly items: Item[] = [];
  private readonly places = new Map<ImageId, number>();
  private readonly decided = new Set<ImageId>();
  /** decisions in order, those made at one stroke together */
  private readonly strokes: (readonly ImageId[])[] = [];
  /** tags of all images that are a booru's or a model's: put to another image, they are no free text */
  private readonly named = new Set<string>();
  private at = 0;

  constructor(states: readonly ImageState[], maxGeneralTags: number) {
    this.add(states, maxGeneralTags);
  }

  /** Images that have come to wait since. */
  add(states: readonly ImageState[], maxGeneralTags: number): void {
    for (const state of states) {
      const suggestion = suggestionOf(state, maxGeneralTags);
      if (!suggestion || this.places.has(state.image.id)) continue;
      this.places.set(state.image.id, this.items.length);
      this.items.push({ state, suggestion });
      for (const name of namedFor(state)) this.named.add(name);
    }
    this.settle(1);
  }

  get current(): Item | undefined {
    const item = this.items[this.at];
    return item && !this.decided.has(item.state.image.id) ? item : undefined;
  }

  /** 1-based, of all */
  get position(): { readonly at: number; readonly of: number; readonly left: number } {
    return { at: this.at + 1, of: this.items.length, left: this.open().length };
  }

  /** To the next or the one before that is not decided on, around the ends. */
  move(by: 1 | -1): void {
    const n = this.items.length;
    if (n === 0) return;
    this.at = (this.at + by + n) % n;
    this.settle(by);
  }

  change(changes: Pick<Item, 'tags' | 'category'>): void {
    const item = this.current;
    if (item) this.items[this.at] = { ...item, ...changes };
  }

  /** Those left, from the current one on, whose evidence is so high (0 to 1). */
  open(evidence = 0): readonly Item[] {
    const order = [...this.items.slice(this.at), ...this.items.slice(0, this.at)];
    return order.filter((item) => !this.decided.has(item.state.image.id) && item.suggestion.evidence >= evidence);
  }

  /** What is to be sent for a decision on these images, which are off the desk from now on. */
  decide(items: readonly Item[], kind: 'approved' | 'rejected'): ReadonlyMap<ImageId, Decision> {
    const decisions = new Map(items.map((item) => [item.state.image.id, decisionOf(item, kind, this.named)]));
    for (const id of decisions.keys()) this.decided.add(id);
    this.strokes.push([...decisions.keys()]);
    this.settle(1);
    return decisions;
  }

  /** Puts the images of the last stroke on the desk again. @returns them; empty when there is none */
  undo(): readonly ImageId[] {
    const ids = this.strokes.pop() ?? [];
    for (const id of ids) this.decided.delete(id);
    const [first] = ids;
    if (first !== undefined) this.at = this.places.get(first) ?? this.at;
    return ids;
  }

  /** The decision stands, whatever was tried. */
  stays(id: ImageId): void {
    this.decided.add(id);
    this.settle(1);
  }

  nameOf(id: ImageId): string | undefined {
    return this.items[this.places.get(id) ?? -1]?.state.image.path;
  }

  private settle(by: 1 | -1): void {
    const n = this.items.length;
    for (let i = 0; i < n && !this.current; i++) this.at = (this.at + by + n) % n;
  }
}

function decisionOf(
  { state, suggestion, tags, category }: Item,
  kind: 'approved' | 'rejected',
  known: ReadonlySet<string>,
): Decision {
  const chosen = category === undefined ? {} : { category };
  if (kind === 'rejected') return { decision: 'rejected', tags: NO_TAGS, ...chosen };
  const decided = tags ?? suggestion.tags;
  const found = foundFor(state);
  const named = namesOf(decided).filter((name) => known.has(name) && !found.has(name));
  return {
    decision: tags ? 'edited' : 'approved',
    tags: decided,
    ...(named.length > 0 && { named }),
    ...chosen,
  };
}

/** All tags of the image, suggested and added, in the order of their categories. */
export function shownTags({ state, suggestion, tags }: Item): readonly ShownTag[] {
  const match = resultOf(state, 'search')?.match?.tags ?? NO_TAGS;
  const analysis = resultOf(state, 'analyze');
  const byTagger = analysis?.tags ?? NO_TAGS;
  return TAG_CATEGORIES.flatMap((category) => {
    const wanted = tags?.[category] ?? suggestion.tags[category];
    const all = [...new Set([...suggestion.tags[category], ...wanted])];
    return all.map((name): ShownTag => {
      const [isMatch, isTagger] = [match[category].includes(name), byTagger[category].includes(name)];
      const score = analysis?.tagScores?.[name];
      const origin = isMatch && isTagger ? 'both' : isMatch ? 'match' : isTagger ? 'tagger' : 'you';
      return { name, category, origin, removed: !wanted.includes(name), ...(score !== undefined && { score }) };
    });
  });
}

/**
 * The image's tags with what was typed: `name` puts a tag there or, where it is, takes it away; `character:name` says what
 * kind of tag it is, which else is as seen before, or general. A tag that is known is taken in the booru's spelling, another
 * one as it was typed.
 */
export function toggled(item: Item, typed: string, kindOf: (name: string) => TagCategory | undefined): TagSet {
  const tags = item.tags ?? item.suggestion.tags;
  const kind = TAG_CATEGORIES.find((category) => typed.startsWith(`${category}:`));
  const text = (kind ? typed.slice(kind.length + 1) : typed).trim();
  if (text === '') return tags;
  const booru = text.toLowerCase().replaceAll(/\s+/g, '_');
  const placeOf = (set: TagSet, name: string) => TAG_CATEGORIES.find((category) => set[category].includes(name));
  const suggested = placeOf(item.suggestion.tags, booru);
  const known = suggested ?? kindOf(booru);
  const name = known ? booru : text;
  const there = placeOf(tags, name);
  if (there) return { ...tags, [there]: tags[there].filter((other) => other !== name) };
  const category = kind ?? known ?? 'general';
  return { ...tags, [category]: [...tags[category], name] };
}
