import type { ReadStream, WriteStream } from 'node:tty';
import type { Composition } from '../../compose.ts';
import type { RunReport } from '../../core/pipeline/finishRun.ts';
import type { RunEvent } from '../../core/pipeline/observer.ts';
import { ReviewSession } from '../../core/pipeline/reviewSession.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { UsageError } from '../arguments.ts';
import { detectGraphics } from '../graphics/detectGraphics.ts';
import { Desk } from './desk.ts';
import { leaveRawMode } from './leaveRawMode.ts';
import { ReviewScreen, type ReviewEnd } from './reviewScreen.ts';
import { Taught } from './taught.ts';

export interface ReviewCommandParts {
  readonly composition: Composition;
  readonly clock: Clock;
  readonly maxGeneralTags: number;
  readonly threshold: number;
  readonly offline: boolean;
  readonly in: ReadStream;
  readonly out: WriteStream;
  readonly err: WriteStream;
  /** gets the events of the run while the screen is shown */
  readonly follow: (listener: (event: RunEvent) => void) => void;
}

export interface ReviewResult {
  /** of the review's own run; undefined when there was none */
  readonly report: RunReport | undefined;
  readonly end: ReviewEnd;
  readonly failed: number;
}

/**
 * The review in the terminal. Decisions are carried out while it is on; at its end what is under way is finished.
 * @throws UsageError when it is no terminal; FatalError
 */
export async function reviewCommand(parts: ReviewCommandParts, signal: AbortSignal): Promise<ReviewResult> {
  const { composition, clock, maxGeneralTags, offline, in: input, out, err } = parts;
  if (!input.isTTY || !out.isTTY) {
    throw new UsageError(
      'The review needs a terminal, for its input and its output. Where there is none, image-inbox resume --approve all ' +
        'or --approve high-confidence takes the suggested tags as they are.',
    );
  }
  const waiting = await composition.waiting();
  if (waiting.length === 0) {
    out.write('Nothing waits for review.\n');
    return { report: undefined, end: 'quit', failed: 0 };
  }
  const desk = new Desk(waiting, maxGeneralTags);
  let screen: ReviewScreen | undefined;
  let failed = 0;
  const chooser = await composition.openCategories();
  const taught = new Taught(chooser);
  parts.follow((event) => {
    if (event.kind === 'image-settled' && event.state.fate === 'failed') failed++;
    if (taught.on(event)) screen?.suggestAnew();
    screen?.on(event);
  });
  const session = new ReviewSession({
    box: composition.decisions,
    clock,
    run: (request, stop) => composition.engine.run({ ...request, ...(offline && { offline }) }, stop),
    collect: () => {
      void composition.engine.active?.collect();
      return composition.engine.active !== undefined;
    },
    onState: (state) => screen?.onState(state),
  });
  try {
    // what a slow disk may keep us waiting for comes before: from then on Ctrl-C is a key, and nobody listens yet
    const categories = await composition.categories();
    const isAnyLeft = (await composition.decisions.unread()).length > 0 || (await wasCutOff(composition));
    input.setRawMode(true);
    const graphics = await detectGraphics(input, out, process.env);
    screen = new ReviewScreen({
      input,
      output: out,
      graphics,
      desk,
      session,
      suggestCategory: (state) => chooser.suggest(state).final,
      picture: (state, size) => composition.picture(state.image, size),
      more: async () => desk.add(await composition.waiting(), maxGeneralTags),
      categories,
      tags: chooser.knownTags(waiting),
      threshold: parts.threshold,
    });
    if (isAnyLeft) session.deliver();
    const end = await screen.run(signal);
    const { left } = desk.position;
    if (end === 'interrupted') await session.abort();
    else err.write('Finishing what was decided.\n');
    const stop = (): void => void session.abort();
    signal.addEventListener('abort', stop, { once: true });
    const report = await session.close();
    signal.removeEventListener('abort', stop);
    const kept = (await composition.decisions.unread()).reduce((n, letter) => n + letter.decisions.length, 0);
    if (kept > 0) {
      const are = kept === 1 ? '1 decision is' : `${kept} decisions are`;
      err.write(`${are} kept for the run that holds the lock, or for: image-inbox resume\n`);
    }
    if (left > 0)
      out.write(`${left === 1 ? '1 image waits' : `${left} images wait`} still. Go on with: image-inbox review\n`);
    return { report, end, failed };
  } finally {
    leaveRawMode(input);
    input.pause();
    chooser.close();
  }
}

/** Whether the last review ended before what it had decided was carried out. */
async function wasCutOff(composition: Composition): Promise<boolean> {
  const last = await composition.status();
  return last?.plan.command === 'review' && last.images.some(({ fate }) => fate === 'unfinished');
}
