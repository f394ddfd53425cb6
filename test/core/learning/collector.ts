import type { Style } from '../../../src/core/model/analysis.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { CategoryFacts } from '../../../src/core/rules/categoryFacts.ts';
import { randomFrom } from './random.ts';

export interface CollectorOptions {
  readonly seed: number;
  /** share of an image's tags that belong to its category's theme; the rest is what any picture has */
  readonly focus?: number;
  /** how many tags come together, as `1girl`, `solo`, `long_hair` do: 1 is what naive Bayes believes in */
  readonly bundle?: number;
  /** share of moves that go to a wrong category */
  readonly slips?: number;
  /** share of images of a category that come without tags of any booru */
  readonly untagged?: number;
  /** 0: all categories get as many images; 1: the n-th gets 1/n of the first */
  readonly skew?: number;
}

export interface Move {
  readonly facts: CategoryFacts;
  /** where the user puts it */
  readonly to: string;
  /** where it belongs */
  readonly truth: string;
}

export const CATEGORIES = [
  'Anime/Characters', 'Anime/Scenery', 'Anime/Fate', 'Anime/Touhou', 'Anime/Mecha', 'Comics', 'Sketches', 'Wallpapers',
  'Cats', 'Photos/People', 'Photos/Other', 'Explicit',
] as const; // prettier-ignore

const VOCABULARY = 4000;
const THEME = 60;

/**
 * A made-up collector with twelve categories. Tags follow Zipf's law, as on the boorus: a handful is on most posts, most are
 * on few. Each category has a theme of tags of its own; a third of each theme is shared with the category beside it, so that
 * they overlap. Two of the categories are photos, one hangs on the rating, two on a work, as people do it.
 */
export class Collector {
  private readonly random: () => number;
  private readonly focus: number;
  private readonly bundle: number;
  private readonly slips: number;
  private readonly untagged: number;
  private readonly shares: readonly number[];
  private readonly themes: readonly (readonly string[])[];
  private readonly zipf: readonly number[];

  constructor({ seed, focus = 0.35, bundle = 4, slips = 0.05, untagged = 0, skew = 0 }: CollectorOptions) {
    this.random = randomFrom(seed);
    this.focus = focus;
    this.bundle = bundle;
    this.slips = slips;
    this.untagged = untagged;
    this.shares = CATEGORIES.map((_, i) => 1 / (i + 1) ** skew);
    const own = CATEGORIES.map(() => Array.from({ length: THEME }, () => `tag_${200 + this.below(VOCABULARY - 200)}`));
    this.themes = own.map((theme, i) => [
      ...theme.slice(THEME / 3),
      ...(own[(i + 1) % own.length] ?? []).slice(0, THEME / 3),
    ]);
    this.zipf = cumulated(Array.from({ length: VOCABULARY }, (_, i) => 1 / (i + 3)));
  }

  /** The next image, of any category or of that one, and where the user moves it. */
  next(category = this.pick(this.shares)): Move {
    const truth = CATEGORIES[category] ?? 'Comics';
    const slip = this.random() < this.slips;
    const to = slip ? (CATEGORIES[Math.floor(this.random() * CATEGORIES.length)] ?? truth) : truth;
    return { facts: this.facts(category, truth), to, truth };
  }

  private facts(category: number, truth: string): CategoryFacts {
    const photo = truth.startsWith('Photos/');
    const known = !photo && this.random() >= this.untagged;
    const persons = this.persons(truth);
    const tags = known ? this.tags(category, truth) : NO_TAGS;
    return {
      tags,
      ...(known && {
        match: { provider: 'danbooru-iqdb', url: '', tags, sources: [], post: { site: this.site(), id: '1' } },
        rating: truth === 'Explicit' ? 'explicit' : this.random() < 0.7 ? 'general' : 'sensitive',
      }),
      analysis: {
        style: this.style(photo),
        styleConfidence: 0.9,
        scores: {},
        persons: Array.from({ length: persons }, () => ({ box: [0, 0, 1, 1] as const, confidence: 0.9 })),
        model: 'test',
        width: 1,
        height: 1,
        processingMs: 1,
      },
    };
  }

  private tags(category: number, truth: string): CategoryFacts['tags'] {
    const general = new Set<string>();
    // boorus' posts have 5 to 60 tags, most about 25
    const count = Math.round(5 + 20 * (this.random() + this.random()));
    const theme = this.themes[category] ?? [];
    while (general.size < count) {
      const themed = this.random() < this.focus;
      const first = themed ? Math.floor(theme.length * this.random() ** 2) : this.anyRank();
      for (const i of this.together(first)) general.add(themed ? (theme[i % theme.length] ?? 'x') : `tag_${i}`);
    }
    const work =
      truth === 'Anime/Fate' ? 'fate_(series)' : truth === 'Anime/Touhou' ? 'touhou' : `work_${this.below(300)}`;
    const named = truth !== 'Anime/Scenery' && this.random() < 0.6;
    return {
      general: [...general],
      copyright: named || this.random() < 0.3 ? [work] : ['original'],
      character: named ? [`${work}_girl_${this.below(8)}`] : [],
      artist: [`artist_${this.below(2000)}`],
      meta: ['highres'],
    };
  }

  private style(photo: boolean): Style {
    const sure = this.random();
    if (sure < 0.1) return 'unsure';
    return sure < 0.97 === photo ? 'photo' : 'drawing';
  }

  private persons(truth: string): number {
    if (truth === 'Photos/People') return 1 + this.below(3);
    return this.random() < 0.1 ? 1 : 0;
  }

  private site(): 'danbooru' | 'yandere' | 'pixiv' {
    const any = this.random();
    return any < 0.7 ? 'danbooru' : any < 0.85 ? 'yandere' : 'pixiv';
  }

  /** Tags beside each other in a list form a bundle; most of a bundle comes along with any one of it. */
  private together(first: number): readonly number[] {
    const start = first - (first % this.bundle);
    const others = Array.from({ length: this.bundle }, (_, i) => start + i);
    return others.filter((i) => i === first || this.random() < 0.7);
  }

  private anyRank(): number {
    const at = this.random();
    return this.zipf.findIndex((sum) => sum >= at);
  }

  private pick(shares: readonly number[]): number {
    const sums = cumulated(shares);
    const at = this.random();
    return Math.max(
      0,
      sums.findIndex((sum) => sum >= at),
    );
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }
}

function cumulated(shares: readonly number[]): readonly number[] {
  const total = shares.reduce((sum, s) => sum + s, 0);
  let sum = 0;
  return shares.map((s, i) => (i === shares.length - 1 ? 1 : (sum += s / total)));
}
