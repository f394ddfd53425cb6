import type { ReadStream, WriteStream } from 'node:tty';
import type { Graphics, GraphicsKind } from './graphics.ts';
import { kittyQuery } from './kitty.ts';
import { BEGUN } from './withoutAnswers.ts';

/** A terminal that does not answer is not waited for any longer, milliseconds; over a slow line an answer takes a while. */
const PATIENCE = 1000;
/** Cells of a terminal that does not tell, pixels. */
const USUAL_CELL = { cellWidth: 8, cellHeight: 16 };

/**
 * What the terminal says of itself. Asked are: Kitty's graphics, the size of a cell (XTWINOPS 16), and the device attributes
 * (DA1), which every terminal answers, so that it comes last; attribute 4 is Sixel. tmux answers for itself: what it does not
 * pass on is not used.
 */
export async function detectGraphics(
  input: ReadStream,
  output: WriteStream,
  env: NodeJS.ProcessEnv,
): Promise<Graphics> {
  const depth = /truecolor|24bit/i.test(env['COLORTERM'] ?? '') ? 'true' : '256';
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return { kind: 'none', depth, ...USUAL_CELL };
  output.write(`${kittyQuery}\u001b[16t\u001b[c`);
  const answer = await readAnswer(input);
  return { kind: kindOf(answer, env), depth, ...cellOf(answer) };
}

/** By the terminal's answers. */
export function kindOf(answer: string, env: NodeJS.ProcessEnv): GraphicsKind {
  if (answer.includes('\u001b_Gi=31;OK')) return 'kitty';
  const isInside = env['TMUX'] !== undefined || env['STY'] !== undefined;
  if (!isInside && (env['TERM_PROGRAM'] === 'iTerm.app' || env['LC_TERMINAL'] === 'iTerm2')) return 'iterm';
  // eslint-disable-next-line no-control-regex -- the answer is an escape sequence
  const attributes = /\u001b\[\?([\d;]*)c/.exec(answer)?.[1]?.split(';') ?? [];
  return attributes.includes('4') ? 'sixel' : 'blocks';
}

function cellOf(answer: string): { cellWidth: number; cellHeight: number } {
  // eslint-disable-next-line no-control-regex -- the answer is an escape sequence
  const found = /\u001b\[6;(\d+);(\d+)t/.exec(answer);
  const [cellHeight, cellWidth] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  return cellHeight > 0 && cellWidth > 0 ? { cellWidth, cellHeight } : USUAL_CELL;
}

/** Up to the device attributes, which come last; keys that were struck meanwhile are dropped, but for Ctrl-C. */
function readAnswer(input: ReadStream): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const done = (): void => {
      clearTimeout(timer);
      input.off('data', onData);
      input.off('end', done);
      input.pause();
      // for whoever reads on: they know the second part of an answer by its first
      const left = `${answer.includes('\u0003') ? '\u0003' : ''}${BEGUN.exec(answer)?.[0] ?? ''}`;
      if (left !== '' && !input.readableEnded) input.unshift(Buffer.from(left, 'latin1'));
      resolve(answer);
    };
    const onData = (data: Buffer): void => {
      answer += data.toString('latin1');
      // eslint-disable-next-line no-control-regex -- the answer is an escape sequence
      if (/\u001b\[\?[\d;]*c/.test(answer)) done();
    };
    const timer = setTimeout(done, PATIENCE);
    input.on('data', onData);
    input.on('end', done);
    input.resume();
  });
}
