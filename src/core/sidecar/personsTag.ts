import type { Person } from '../model/analysis.ts';

/** As the boorus count: `6+girls`. A detector does not count crowds well. */
const MOST = 6;

/**
 * The persons that the detector found, as a general tag: `1 person`, `2 persons` ... `6+ persons`. Not the boorus' `solo` or
 * `2girls`, which say more than a detector knows. None found proves nothing. `score` (0 to 1) is that of the least sure of
 * those counted: there are that many only if it is one.
 */
export function personsTag(persons: readonly Person[]): { readonly text: string; readonly score: number } | undefined {
  if (persons.length === 0) return undefined;
  const counted = persons
    .map(({ confidence }) => confidence)
    .sort((a, b) => b - a)
    .slice(0, MOST);
  const many = persons.length >= MOST ? `${MOST}+` : `${persons.length}`;
  return { text: persons.length === 1 ? '1 person' : `${many} persons`, score: Math.min(...counted) };
}
