import type { Queries } from './queries.ts';

/**
 * Features by number: each text stands once in the database, and a list of them is its numbers, one after the other, seven
 * bits a byte, the lowest first, the eighth bit set where more follow (LEB128).
 */
export class FeatureNumbers {
  private readonly queries: Queries;
  private readonly numbers = new Map<string, number>();
  private readonly names = new Map<number, string>();

  constructor(queries: Queries) {
    this.queries = queries;
  }

  /** The features' numbers, in their order; a new one gets the next. */
  numbersOf(names: readonly string[]): readonly number[] {
    const unknown = names.filter((name) => !this.numbers.has(name));
    if (unknown.length > 0) {
      // half a surrogate pair is nothing that SQLite can hold
      const list = [JSON.stringify(unknown.map((name) => name.toWellFormed()))];
      this.queries.change('INSERT OR IGNORE INTO features (name) SELECT value FROM json_each(?)', list);
      const rows = this.queries.rows('SELECT key, features.id FROM json_each(?) JOIN features ON name = value', list);
      for (const [key, id] of rows) this.remember(unknown[Number(key)] ?? '', Number(id));
    }
    return names.map((name) => this.numbers.get(name) ?? Number.NaN);
  }

  encode(features: readonly string[]): Uint8Array {
    const bytes: number[] = [];
    for (const number of this.numbersOf(features)) {
      let rest = number;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
      bytes.push(rest);
    }
    return Uint8Array.from(bytes);
  }

  decode(bytes: Uint8Array): readonly string[] {
    const features: string[] = [];
    let [number, scale] = [0, 1];
    for (const byte of bytes) {
      number += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte >= 0x80) continue;
      const name = this.nameOf(number);
      if (name !== undefined) features.push(name);
      [number, scale] = [0, 1];
    }
    return features;
  }

  /** What the database may not have kept is asked for again. */
  forget(): void {
    this.numbers.clear();
    this.names.clear();
  }

  private nameOf(number: number): string | undefined {
    const known = this.names.get(number);
    if (known !== undefined) return known;
    const row = this.queries.row('SELECT name FROM features WHERE id = ?', [number]);
    if (row) this.remember(String(row[0]), number);
    return row && String(row[0]);
  }

  private remember(name: string, number: number): void {
    this.numbers.set(name, number);
    this.names.set(number, name);
  }
}
