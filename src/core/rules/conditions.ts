import picomatch from 'picomatch';
import { TAG_CATEGORIES } from '../model/tag.ts';
import type { CategoryFacts } from './categoryFacts.ts';
import type { Conditions, Range } from './rule.ts';

type Check = (facts: CategoryFacts) => string | undefined;

/**
 * Why all conditions hold, in words, one of each; undefined when one does not. A condition over what is not known does not
 * hold.
 */
export function reasonsOf(when: Conditions, facts: CategoryFacts): readonly string[] | undefined {
  const reasons: string[] = [];
  for (const check of checksOf(when)) {
    const reason = check(facts);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return reasons;
}

/** Globs are translated once: there are thousands of images for each rule. */
const compiled = new WeakMap<Conditions, readonly Check[]>();

function checksOf(when: Conditions): readonly Check[] {
  const known = compiled.get(when);
  if (known) return known;
  const made = compile(when);
  compiled.set(when, made);
  return made;
}

function compile(when: Conditions): readonly Check[] {
  const { tags, characters, copyrights, artists, style, rating, persons, matched, similarity, size, format } = when;
  const checks: (Check | undefined)[] = [
    tags && globs('tag', tags, (facts) => TAG_CATEGORIES.flatMap((category) => facts.tags[category])),
    characters && globs('character', characters, (facts) => facts.tags.character),
    copyrights && globs('copyright', copyrights, (facts) => facts.tags.copyright),
    artists && globs('artist', artists, (facts) => facts.tags.artist),
    style && oneOf('style', style, (facts) => facts.analysis?.style),
    rating && oneOf('rating', rating, (facts) => facts.rating),
    inRange(persons, (facts) => facts.analysis?.persons.length, (n) => (n === 1 ? '1 person' : `${n} persons`)),
    matched === undefined
      ? undefined
      : ({ match }) =>
          matched === (match !== undefined) ? (matched ? 'known to a booru' : 'unknown to the boorus') : undefined,
    inRange(similarity, (facts) => facts.match?.similarity, (n) => `similarity ${n}`),
    inRange(size?.bytes, (facts) => facts.bytes, (n) => `${n} bytes`),
    inRange(size?.width, (facts) => facts.analysis?.width, (n) => `${n} px wide`),
    inRange(size?.height, (facts) => facts.analysis?.height, (n) => `${n} px high`),
    inRange(size?.pixels, (facts) => area(facts.analysis), (n) => `${n} pixels`),
    format && oneOf('format', format, (facts) => facts.format),
  ]; // prettier-ignore
  return checks.filter((check) => check !== undefined);
}

function globs(name: string, patterns: readonly string[], of: (facts: CategoryFacts) => readonly string[]): Check {
  // tags are no paths: a `/` in one is a letter like any other, and there are no spaces in the boorus' spelling
  const fits = picomatch(
    patterns.map((pattern) => literalBrackets(flat(pattern.trim().replaceAll(' ', '_')))),
    // `!` is a tag, and many begin with it
    { dot: true, nocase: true, nonegate: true },
  );
  return (facts) => {
    const hit = of(facts).find((tag) => fits(flat(tag)));
    return hit === undefined ? undefined : `${name} ${hit}`;
  };
}

/**
 * Round brackets are a group only behind `@`, `?`, `*`, `+` or `!`, and around alternatives: `(saber|rin)`. Any others are the
 * tag's own (`saber_(fate)`): picomatch would take them for a group of the regular expression that it makes, which fits the tag
 * without them.
 */
function literalBrackets(glob: string): string {
  const letters = glob.split('');
  const open: { readonly at: number; isGroup: boolean }[] = [];
  for (const [at, letter] of letters.entries()) {
    if (letter === '(') {
      const isGroup = /[@?*+!]/.test(glob.charAt(at - 1));
      open.push({ at, isGroup });
      if (!isGroup) letters[at] = '\\(';
    } else if (letter === '|') {
      const around = open.at(-1);
      if (around) around.isGroup = true;
    } else if (letter === ')') {
      const begun = open.pop();
      if (begun?.isGroup) letters[begun.at] = '(';
      else letters[at] = '\\)';
    }
  }
  return letters.join('');
}

const flat = (text: string): string => text.replaceAll('/', '\u2215').replaceAll('\\', '\u2216');

function oneOf<T extends string>(
  name: string,
  values: readonly T[],
  of: (facts: CategoryFacts) => T | undefined,
): Check {
  return (facts) => {
    const value = of(facts);
    return value !== undefined && values.includes(value) ? `${name} ${value}` : undefined;
  };
}

function inRange(
  range: Range | undefined,
  of: (facts: CategoryFacts) => number | undefined,
  words: (n: number) => string,
): Check | undefined {
  if (range === undefined) return undefined;
  const { min = 0, max = Infinity } = typeof range === 'number' ? { min: range } : range;
  return (facts) => {
    const value = of(facts);
    return value !== undefined && value >= min && value <= max ? words(value) : undefined;
  };
}

const area = (size: { readonly width: number; readonly height: number } | undefined): number | undefined =>
  size && size.width * size.height;
