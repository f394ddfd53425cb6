import type { AskedIndexes, SaucenaoResult } from './saucenaoResults.ts';

/** The indexes that are on, in the order in which a full answer lists them. */
const known = [
  0, 2, 5, 51, 52, 53, 6, 8, 9, 10, 11, 12, 16, 18, 19, 20, 21, 211, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
  341, 35, 36, 37, 371, 38, 39, 40, 41, 42, 43, 44,
];

/** Indexes that are searched together with another one. The boorus are one index with several names. */
const parents = new Map<number, number>([
  ...[51, 52, 53].map((index) => [index, 5] as const),
  ...[12, 25, 26, 27, 28, 29, 30].map((index) => [index, 9] as const),
  [211, 21],
]);

/**
 * The bit of an index in `dbmask`. Index 17 is reserved and has none, so that those above it are one bit lower; the
 * parts of an index (51, 211, 341) go by its bit.
 */
function bitOf(index: number): bigint {
  const whole = index > 50 ? Math.floor(index / 10) : index;
  return 1n << BigInt(whole <= 16 ? whole : whole - 1);
}

/** Which indexes a query string asks for: `dbs[]` before `dbmask` before `db`, where 999 (the default) is all. */
export function askedIndexes(query: URLSearchParams): AskedIndexes {
  const listed = query.getAll('dbs[]').map(Number);
  if (listed.length > 0) return (index) => listed.includes(index);
  const mask = query.get('dbmask');
  if (mask !== null) return (index) => (BigInt(mask) & bitOf(index)) !== 0n;
  const only = Number(query.get('db') ?? 999);
  return (index) => only === 999 || only === index;
}

/**
 * `header.index` of an answer. PHP turns an array whose only key is 0 into a JSON list, and an array with no entry is
 * left out altogether (`undefined`).
 */
export function indexHeader(
  asked: AskedIndexes,
  results: readonly SaucenaoResult[],
): Readonly<Record<string, unknown>> | readonly unknown[] | undefined {
  const entries = known.filter(asked).map((index) => {
    const found = results.filter(({ header }) => header.index_id === index).length;
    return [String(index), { status: 0, parent_id: parents.get(index) ?? index, id: index, results: found }] as const;
  });
  if (entries.length === 0) return undefined;
  if (entries.length === 1 && entries[0]?.[0] === '0') return [entries[0][1]];
  return Object.fromEntries(entries);
}
