import type { SqlValue } from 'sql.js';
import { CORRECTION_SOURCES, type Correction, type CorrectionSource } from '../../core/learning/correction.ts';
import {
  BACKGROUND,
  Counts,
  type CategoryWeight,
  type CountChange,
  type FeatureWeight,
} from '../../core/learning/counts.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Placement, PreferenceChange, PreferenceStore } from '../../core/ports/preferenceStore.ts';
import type { FeatureNumbers } from './featureNumbers.ts';
import type { Queries } from './queries.ts';
import { readHash, storedHash } from './storedHash.ts';
import { WarmCounts } from './warmCounts.ts';

const CORRECTION = 'sha256, at, revised, by, name, "from", "to", features, losses, off';
const PLACEMENT = 'sha256, at, category, confidence, losses, wrong';

/** The user's corrections and what they sum up to, in the tables of the one database. */
export class SqljsPreferences implements PreferenceStore {
  private readonly queries: Queries;
  private readonly features: FeatureNumbers;
  private readonly warm = new WarmCounts((features) => this.readWeights(features));
  /**
   * Counts that are in no table yet. A run adds those of each image that it sorts, which is the most part of what is made again
   * after a kill; summed up first, a thousand images take as long as a few.
   */
  private pending = new Counts();

  constructor(queries: Queries, features: FeatureNumbers) {
    this.queries = queries;
    this.features = features;
  }

  categories(): readonly CategoryWeight[] {
    this.flush();
    return this.queries
      .rows('SELECT category, weight, images FROM learned_categories')
      .map(([category, weight, images]) => ({
        category: String(category),
        weight: Number(weight),
        images: Number(images),
      }));
  }

  weights(features: readonly string[]): readonly FeatureWeight[] {
    return this.warm.weights(features);
  }

  seen(): readonly string[] {
    this.flush();
    return this.queries
      .rows(
        'SELECT name FROM learned JOIN features ON features.id = feature WHERE category = ? ORDER BY weight DESC, name',
        [BACKGROUND],
      )
      .map(([name]) => String(name));
  }

  losses(): readonly number[] {
    return this.queries.rows('SELECT sum FROM losses ORDER BY temper').map(([sum]) => Number(sum));
  }

  correction(image: ContentHash): Correction | undefined {
    const row = this.queries.row(`SELECT ${CORRECTION} FROM corrections WHERE sha256 = ?`, [storedHash(image)]);
    return row && this.readCorrection(row);
  }

  *corrections(): Generator<Correction> {
    const rows = this.queries.rows(`SELECT ${CORRECTION} FROM corrections ORDER BY at DESC, sha256`);
    for (const row of rows) yield this.readCorrection(row);
  }

  placement(image: ContentHash): Placement | undefined {
    const row = this.queries.row(`SELECT ${PLACEMENT} FROM placements WHERE sha256 = ?`, [storedHash(image)]);
    return row && readPlacement(row);
  }

  placements(limit: number): readonly Placement[] {
    return this.queries
      .rows(`SELECT ${PLACEMENT} FROM placements ORDER BY at DESC, sha256 LIMIT ?`, [limit])
      .map(readPlacement);
  }

  change(change: PreferenceChange): void {
    const { clear, put = [], forget = [], placement, counts, losses } = change;
    if (counts && Object.keys(change).length === 1) {
      this.pending.add(counts);
      this.warm.add(counts.features);
      return;
    }
    this.flush();
    this.transaction(() => {
      if (clear) this.clear();
      for (const image of forget) this.queries.change('DELETE FROM corrections WHERE sha256 = ?', [storedHash(image)]);
      for (const correction of put) this.put(correction);
      if (placement) this.place(placement);
      if (counts) this.count(counts);
      if (losses?.length) this.lose(losses);
    });
    // not before the database has taken it
    if (clear) this.warm.clear();
    if (counts) this.warm.add(counts.features);
  }

  /** Brings all counts into the tables. @throws FatalError `database-broken` */
  flush(): void {
    const counts = this.pending.all();
    if (counts.categories.length + counts.features.length === 0) return;
    this.transaction(() => this.count(counts));
    this.pending = new Counts();
  }

  private transaction(work: () => void): void {
    try {
      this.queries.transaction(work);
    } catch (error) {
      // the numbers of features that were new in it are given to others
      this.features.forget();
      throw error;
    }
  }

  private lose(losses: readonly number[]): void {
    this.queries.change(
      `INSERT INTO losses (temper, sum) SELECT key, value FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET sum = sum + excluded.sum`,
      [JSON.stringify(losses)],
    );
  }

  private put({ image, at, revised, by, name, from, to, features, losses, off }: Correction): void {
    this.queries.change(`INSERT OR REPLACE INTO corrections (${CORRECTION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
      storedHash(image),
      at,
      revised,
      by,
      name,
      from ?? null,
      to,
      this.features.encode(features),
      losses ? JSON.stringify(losses) : null,
      off ? 1 : 0,
    ]);
  }

  private place({ image, at, category, confidence, losses, wrong }: Placement): void {
    this.queries.change(`INSERT OR REPLACE INTO placements (${PLACEMENT}) VALUES (?, ?, ?, ?, ?, ?)`, [
      storedHash(image),
      at,
      category,
      confidence,
      JSON.stringify(losses),
      wrong ? 1 : 0,
    ]);
  }

  /** Equal knowledge is equal data: what comes to nothing is no row. */
  private count({ categories, features }: CountChange): void {
    for (const { category, weight, images } of categories) {
      this.queries.change(
        `INSERT INTO learned_categories (category, weight, images) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET weight = weight + excluded.weight, images = images + excluded.images`,
        [category, weight, images],
      );
      this.queries.change('DELETE FROM learned_categories WHERE category = ? AND weight = 0 AND images = 0', [
        category,
      ]);
    }
    if (features.length === 0) return;
    // one statement for all of them: a correction has dozens
    const numbers = this.features.numbersOf(features.map(({ feature }) => feature));
    const rows = JSON.stringify(features.map(({ category, weight }, i) => [numbers[i], category, weight]));
    this.queries.change(
      `INSERT INTO learned (feature, category, weight)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET weight = weight + excluded.weight`,
      [rows],
    );
    if (features.every(({ weight }) => weight > 0)) return;
    this.queries.change(
      `DELETE FROM learned WHERE weight = 0
       AND (feature, category) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
      [rows],
    );
  }

  private clear(): void {
    for (const table of ['corrections', 'placements', 'losses']) this.queries.change(`DELETE FROM ${table}`, []);
    for (const table of ['learned', 'learned_categories']) {
      this.queries.change(`DELETE FROM ${table} WHERE category <> ?`, [BACKGROUND]);
    }
  }

  private readWeights(features: readonly string[]): readonly FeatureWeight[] {
    this.flush();
    const rows = this.queries.rows(
      `SELECT name, category, weight FROM features JOIN learned ON feature = id
       WHERE name IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(features)],
    );
    return rows.map(([feature, category, weight]) => ({
      feature: String(feature),
      category: String(category),
      weight: Number(weight),
    }));
  }

  private readCorrection(row: readonly SqlValue[]): Correction {
    const [image, at, revised, by, name, from, to, features, losses, off] = row;
    return {
      image: readHash(image),
      at: Number(at),
      revised: Number(revised),
      by: sourceOf(by),
      name: String(name),
      ...(from !== null && { from: String(from) }),
      to: String(to),
      features: this.features.decode(features as Uint8Array),
      ...(losses !== null && { losses: readNumbers(losses) }),
      ...(off === 1 && { off: true }),
    };
  }
}

function readPlacement([image, at, category, confidence, losses, wrong]: readonly SqlValue[]): Placement {
  return {
    image: readHash(image),
    at: Number(at),
    category: String(category),
    confidence: Number(confidence),
    losses: readNumbers(losses),
    wrong: wrong === 1,
  };
}

const readNumbers = (json: SqlValue | undefined): readonly number[] => JSON.parse(String(json)) as number[];

/** Of another version: how it came to be known is told, not what it says. */
const sourceOf = (text: SqlValue | undefined): CorrectionSource =>
  CORRECTION_SOURCES.find((source) => source === text) ?? 'found-again';
