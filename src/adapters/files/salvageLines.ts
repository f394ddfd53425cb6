import { createReadStream } from 'node:fs';
import type { SalvagedLine } from '../../core/ports/journalFile.ts';
import { decodeLine } from './journalLines.ts';
import { mendLine } from './mendLine.ts';

const NEWLINE = 0x0a;
/** More than this without a line end is no text of ours; what is readable in it is looked for all the same. */
const MAX_PIECE = 8 * 1024 * 1024;
const SEAL = /,"crc":"[0-9a-f]{8}"\}/g;
const BEGIN = '{"kind":"';
/** Places in a damaged piece at which a line may begin: few of those that look so are no more than text in a line. */
const MAX_BEGINNINGS = 100;

/**
 * All that can be read of a damaged journal, in order, and where there is nothing to be read. A line end that is gone, or
 * one that has come to be, is seen through; a line with a single wrong byte is put right. Also a last line whose line end is
 * missing is read: it may be whole.
 */
export async function* salvageLines(path: string): AsyncGenerator<SalvagedLine> {
  let line = 0;
  let held: Piece | undefined;
  for await (const piece of pieces(path)) {
    line++;
    const bytes = held ? Buffer.concat([held.bytes, Buffer.of(NEWLINE), piece.bytes]) : piece.bytes;
    const text = decodeLine(piece.bytes);
    if (text === undefined && !held) {
      const found = salvagePiece({ ...piece, line });
      // its other half may be in the next one, where a byte has become a line end
      if (found.some(isRead)) yield* found;
      else held = { ...piece, line };
      continue;
    }
    if (text === undefined && held) {
      const whole = mendLine(bytes);
      if (whole !== undefined) {
        yield { kind: 'mended', text: whole, line: held.line };
        held = undefined;
        continue;
      }
      yield lost(held, held.bytes.length);
      const found = salvagePiece({ ...piece, line });
      held = found.some(isRead) ? undefined : { ...piece, line };
      if (!held) yield* found;
      continue;
    }
    if (held) yield lost(held, held.bytes.length);
    held = undefined;
    if (text !== undefined) yield { kind: 'whole', text };
  }
  if (held) yield lost(held, held.bytes.length);
}

interface Piece {
  readonly bytes: Buffer;
  readonly offset: number;
  /** counted from 1 */
  readonly line: number;
  /** no line end follows it, only the end of the file */
  readonly isOpen: boolean;
}

/** Lines without a line end between them, with whatever is between them. */
function salvagePiece(piece: Piece): SalvagedLine[] {
  const { bytes, offset, line } = piece;
  const mended = mendLine(bytes);
  if (mended !== undefined) return [{ kind: 'mended', text: mended, line }];
  const found: SalvagedLine[] = [];
  let from = 0;
  for (const seal of bytes.toString('latin1').matchAll(SEAL)) {
    const end = seal.index + seal[0].length;
    const read = readable(bytes.subarray(from, end));
    if (!read) continue;
    if (read.start > 1) found.push(lost({ offset: offset + from, line, isOpen: false }, read.start));
    found.push(read.mended ? { kind: 'mended', text: read.text, line } : { kind: 'whole', text: read.text });
    from = end;
  }
  // a single byte may be the line end that was
  if (bytes.length - from > 1) found.push(lost({ ...piece, offset: offset + from }, bytes.length - from));
  return found;
}

/** The line that ends where the bytes end. */
function readable(
  bytes: Buffer,
): { readonly start: number; readonly text: string; readonly mended: boolean } | undefined {
  let tries = 0;
  for (let at = bytes.indexOf(BEGIN); at >= 0 && tries < MAX_BEGINNINGS; at = bytes.indexOf(BEGIN, at + 1), tries++) {
    const text = decodeLine(bytes.subarray(at));
    if (text !== undefined) return { start: at, text, mended: false };
  }
  for (const at of [0, 1]) {
    const text = mendLine(bytes.subarray(at));
    if (text !== undefined) return { start: at, text, mended: true };
  }
  return undefined;
}

const lost = ({ offset, line, isOpen }: Omit<Piece, 'bytes'>, bytes: number): SalvagedLine => ({
  kind: isOpen ? 'torn' : 'lost',
  line,
  offset,
  bytes,
});

const isRead = ({ kind }: SalvagedLine): boolean => kind === 'whole' || kind === 'mended';

/** What stands between line ends; also what follows the last one. */
async function* pieces(path: string): AsyncGenerator<Omit<Piece, 'line'>> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let offset = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let at = 0;
    for (let stop = chunk.indexOf(NEWLINE); stop >= 0; stop = chunk.indexOf(NEWLINE, at)) {
      const bytes = Buffer.concat([...rest, chunk.subarray(at, stop)]);
      yield { bytes, offset, isOpen: false };
      offset += bytes.length + 1;
      rest = [];
      restBytes = 0;
      at = stop + 1;
    }
    if (at < chunk.length) rest.push(chunk.subarray(at));
    restBytes += chunk.length - at;
    if (restBytes > MAX_PIECE) {
      yield { bytes: Buffer.concat(rest), offset, isOpen: false };
      offset += restBytes;
      rest = [];
      restBytes = 0;
    }
  }
  if (restBytes > 0) yield { bytes: Buffer.concat(rest), offset, isOpen: true };
}
