/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const INTRUDERS = [
  '', 'null', '[]', '{}', '""', '-1', '1e999', '999999999999999999999', 'true', '"', '\\', '<', '>', '</td>', '</table>',
  '<table>', '<th>Best match</th>', '&#x110000;', '&', '%', '\u0000', '\ud800', '\ufeff', 'javascript:x', '//', '猫',
]; // prettier-ignore

/** A body that was cut, torn, doubled or spoiled in one to five places. */
export function mutate(text: string, random: () => number): string {
  const place = (length: number): number => Math.floor(random() * (length + 1));
  let spoiled = text;
  for (let times = 1 + Math.floor(random() * 5); times > 0; times--) {
    const from = place(spoiled.length);
    const to = Math.min(spoiled.length, from + place(random() < 0.5 ? 8 : 400));
    const kind = Math.floor(random() * 4);
    const between = [
      '',
      INTRUDERS[Math.floor(random() * INTRUDERS.length)] ?? '',
      spoiled.slice(from, to).repeat(2),
      String.fromCharCode(Math.floor(random() * 128)),
    ][kind]!;
    spoiled = random() < 0.1 ? spoiled.slice(0, from) : spoiled.slice(0, from) + between + spoiled.slice(to);
  }
  return spoiled;
}
