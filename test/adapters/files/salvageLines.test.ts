import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeLine } from '../../../src/adapters/files/journalLines.ts';
import { salvageLines } from '../../../src/adapters/files/salvageLines.ts';
import type { SalvagedLine } from '../../../src/core/ports/journalFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const TEXTS = [
  { kind: 'run-started', at: '2026-05-01T10:00:00.000Z', plan: { inbox: "/home/it's/画像 🌄", skip: [] } },
  { kind: 'image-found', image: { id: '0123456789abcdef', path: '/home/画像 🌄/a "b".jpg', size: 1234, mtimeMs: 1.5 } },
  { kind: 'stage-ended', image: '0123456789abcdef', stage: 'scan', record: { outcome: { kind: 'done' }, ms: 3 } },
  { kind: 'image-settled', image: '0123456789abcdef', fate: 'processed' },
].map((event) => JSON.stringify(event));
const GOOD = Buffer.concat(TEXTS.map(encodeLine));
const ENDS = [...GOOD.keys()].filter((at) => GOOD[at] === 0x0a);

describe('What can be read of a damaged journal', () => {
  const salvage = async (bytes: Buffer): Promise<readonly SalvagedLine[]> => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'journal');
    await writeFile(path, bytes);
    const lines: SalvagedLine[] = [];
    for await (const line of salvageLines(path)) lines.push(line);
    return lines;
  };
  const textsOf = (lines: readonly SalvagedLine[]): readonly string[] =>
    lines.flatMap((line) => ('text' in line ? [line.text] : []));

  it('is all of a sound one, without a word', async () => {
    assert.deepEqual(
      await salvage(GOOD),
      TEXTS.map((text) => ({ kind: 'whole', text })),
    );
  });

  it('is every line, whichever byte has become whichever other', async () => {
    for (let at = 0; at < GOOD.length; at++) {
      // any byte, a line end, a quotation mark, a single bit, in turn
      const byte = [(at * 37 + 11) % 256, 0x0a, 0x22, (GOOD[at] ?? 0) ^ 0x01][at % 4] ?? 0;
      const bad = Buffer.from(GOOD);
      bad[at] = byte;
      assert.deepEqual(textsOf(await salvage(bad)), TEXTS, `byte ${at} became ${byte}`);
    }
  });

  it('leaves out a line of which more is gone, and says where it was', async () => {
    const [first = 0, second = 0] = ENDS;
    const bad = Buffer.from(GOOD).fill(0, first + 20, first + 60);
    const lines = await salvage(bad);
    assert.deepEqual(textsOf(lines), [TEXTS[0], TEXTS[2], TEXTS[3]]);
    assert.deepEqual(lines[1], { kind: 'lost', line: 2, offset: first + 1, bytes: second - first - 1 });
  });

  it('is what stands on both sides of a hole that goes over line ends', async () => {
    const [first = 0, second = 0] = ENDS;
    const bad = Buffer.from(GOOD).fill(0, first + 20, second + 30);
    const lines = await salvage(bad);
    assert.deepEqual(textsOf(lines), [TEXTS[0], TEXTS[3]]);
    assert.equal(lines.filter(({ kind }) => kind === 'lost').length, 1);
  });

  it('is a whole last line whose end is missing, and not one that was torn', async () => {
    assert.deepEqual(textsOf(await salvage(GOOD.subarray(0, -1))), TEXTS);
    const torn = await salvage(GOOD.subarray(0, -10));
    assert.deepEqual(textsOf(torn), TEXTS.slice(0, 3));
    assert.equal(torn.at(-1)?.kind, 'torn');
  });

  it('is nothing in a file of other things', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100_000), Buffer.from('no journal\n'.repeat(50))]) {
      assert.deepEqual(textsOf(await salvage(bytes)), []);
    }
  });
});
