/** `hinata_hyuga_(naruto)`: what stands before the last bracket, and in it. */
const QUALIFIED = /^(.+)_\(([^()]+)\)$/;

/**
 * The series of a character: the copyright of the post that the character's qualifier names, the name then without it.
 * `saber_(fate)` belongs to `fate_(series)` too. With `guess`, a character without a qualifier belongs to the post's only
 * copyright. All in the booru's spelling; undefined when nothing tells.
 */
export function seriesOf(
  character: string,
  copyrights: readonly string[],
  guess: boolean,
): { readonly name: string; readonly series: string } | undefined {
  const [, name, qualifier] = QUALIFIED.exec(character) ?? [];
  if (name !== undefined && qualifier !== undefined) {
    const series =
      copyrights.find((copyright) => copyright === qualifier) ??
      copyrights.find((copyright) => QUALIFIED.exec(copyright)?.[1] === qualifier);
    return series === undefined ? undefined : { name, series };
  }
  const [only, ...others] = copyrights;
  return guess && only !== undefined && others.length === 0 ? { name: character, series: only } : undefined;
}
