const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];

/** Bytes that were flipped, cut, torn, doubled, zeroed, or given a length that is none, in one to six places. */
export function mutateBytes(bytes: Buffer, random: () => number): Buffer {
  let spoiled = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 6); times > 0 && spoiled.length > 0; times--) {
    // half of them near the start, where lengths and types stand
    const reach = random() < 0.5 ? Math.min(spoiled.length, 256) : spoiled.length;
    const at = Math.floor(random() * reach);
    const length = Math.min(spoiled.length - at, 1 + Math.floor(random() * (random() < 0.5 ? 8 : 512)));
    switch (Math.floor(random() * 7)) {
      case 0:
        spoiled[at] = (spoiled[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        break;
      case 1:
        spoiled = Buffer.concat([spoiled.subarray(0, at), spoiled.subarray(at + length)]);
        break;
      case 2:
        spoiled = Buffer.concat([spoiled.subarray(0, at + length), spoiled.subarray(at)]);
        break;
      case 3:
        spoiled.fill(random() < 0.5 ? 0 : 0xff, at, at + length);
        break;
      case 4:
        spoiled = spoiled.subarray(0, at);
        break;
      case 5:
        for (let i = at; i < at + length; i++) spoiled[i] = Math.floor(random() * 256);
        break;
      default: {
        const value = NUMBERS[Math.floor(random() * NUMBERS.length)] ?? 0;
        if (at + 4 > spoiled.length) break;
        if (random() < 0.5) spoiled.writeUInt32BE(value, at);
        else spoiled.writeUInt32LE(value, at);
      }
    }
  }
  return spoiled;
}
