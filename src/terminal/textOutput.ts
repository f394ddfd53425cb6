import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { resultOf, type ImageState } from '../core/model/imageState.ts';
import { STAGE_IDS, type StageId } from '../core/model/stageId.ts';
import type { RunReport } from '../core/pipeline/finishRun.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import { clockText, Progress, type Traffic } from '../core/pipeline/progress.ts';
import type { Clock } from '../core/ports/clock.ts';
import { ADVICE } from '../core/report/advice.ts';
import { planText } from '../core/search/searchPlan.ts';
import { colorsFor, type Colors } from './colors.ts';
import { printable, type Output } from './output.ts';
import { summaryLines } from './summary.ts';

export interface TextOutputParts {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** the sorted folder, for shorter names */
  readonly sorted: string;
}

/** A line now and then when there are no bars, milliseconds. */
const LINE_EVERY = 5_000;

/** EL: what is left of a bar at the end of a line. The space before it: where a line is full its last character would go. */
const ERASE_REST = ' \u001b[K';
/** DECAWM: whether the terminal goes on in the next line where one is full. */
const [WRAP_ON, WRAP_OFF] = ['\u001b[?7h', '\u001b[?7l'];

/**
 * For people: in a terminal a bar for each stage and one overall on stderr, elsewhere plain lines now and then. Failures and
 * warnings are told as they happen; the summary goes to stdout.
 */
export class TextOutput implements Output {
  private readonly parts: TextOutputParts;
  private readonly progress: Progress;
  private readonly color: Colors;
  /** made when a run begins: they keep the process up until they are stopped, and other commands have none */
  private bars: MultiBar | undefined;
  private readonly byStage = new Map<StageId | 'all', SingleBar>();
  private trafficBar: SingleBar | undefined;
  private lastLine: number;

  constructor(parts: TextOutputParts) {
    this.parts = parts;
    this.progress = new Progress(parts.clock);
    this.lastLine = parts.clock.now();
    this.color = colorsFor(parts.err);
  }

  on(event: RunEvent): void {
    this.progress.on(event);
    if (event.kind === 'warning') this.say(this.color.yellow(`warning: ${printable(event.text)}`));
    if (event.kind === 'run-started' && this.parts.err.isTTY && !this.parts.quiet) this.bars = this.makeBars();
    if (event.kind === 'run-started' && event.resumed) this.say('Going on with what was unfinished.');
    if (event.kind === 'search-planned' && !this.parts.quiet) {
      this.say(`Search: ${planText(event.plan, this.parts.clock.now())}.`);
    }
    if (event.kind === 'image-settled') this.image(event.state);
    this.draw();
  }

  end(report: RunReport | undefined): void {
    this.stopBars();
    if (!report) {
      this.parts.out.write('Nothing is unfinished.\n');
      return;
    }
    for (const line of summaryLines(report)) this.parts.out.write(`${line}\n`);
  }

  fail(message: string): void {
    this.stopBars();
    this.parts.err.write(`${this.color.red('error:')} ${printable(message).replaceAll('\\x0a', '\n')}\n`);
  }

  close(): void {
    this.stopBars();
  }

  /** Gives the terminal its cursor back; also where the process ends at once. */
  private readonly stopBars = (): void => {
    process.off('exit', this.stopBars);
    this.bars?.stop();
    this.bars = undefined;
  };

  private image(state: ImageState): void {
    const name = printable(state.image.path);
    if (state.fate === 'failed') {
      for (const id of STAGE_IDS) {
        const outcome = state.stages[id]?.outcome;
        if (outcome?.kind !== 'failed') continue;
        const { reason, message } = outcome.error;
        this.say(
          `${this.color.red('failed')} ${name}\n  stage ${id}: ${printable(message)}\n  ${ADVICE[reason].whatToDo}`,
        );
      }
    } else if (state.fate === 'skipped') {
      const why = Object.values(state.stages).find((r) => r.outcome.kind === 'skipped' && r.outcome.final)?.outcome;
      if (why?.kind === 'skipped' && !why.why.startsWith('it has a sidecar'))
        this.say(`skipped ${name}: ${printable(why.why)}`);
    } else if (this.parts.verbose) {
      const { destination } = resultOf(state, 'categorize') ?? {};
      this.say(`${state.fate ?? ''} ${name}${destination === undefined ? '' : ` -> ${printable(destination)}`}`);
    }
  }

  /** A line on stderr, above the bars; a long one goes on in the next, which the bars have switched off for themselves. */
  private say(text: string): void {
    const line = (one: string): string => `${WRAP_ON}${one}${ERASE_REST}${WRAP_OFF}\n`;
    if (this.bars) this.bars.log(text.split('\n').map(line).join(''));
    else this.parts.err.write(`${text}\n`);
  }

  private draw(): void {
    const overall = this.progress.overall();
    if (!this.bars) {
      const now = this.parts.clock.now();
      if (this.parts.quiet || now - this.lastLine < LINE_EVERY) return;
      this.lastLine = now;
      const eta = clockText(overall.etaSeconds);
      this.say(`${overall.done} of ${overall.total} images, ${overall.perMinute} a minute, ${eta} left`);
      return;
    }
    for (const [id, bar] of this.byStage) {
      const at = id === 'all' ? overall : this.progress.stage(id);
      bar.setTotal(Math.max(at.total, 1));
      const more = this.progress.scanning ? '+' : '';
      const left = at.done >= at.total && at.total > 0 ? '0:00' : clockText(at.etaSeconds);
      bar.update(at.done, { rate: at.perMinute, left, of: `${at.total}${more}` });
    }
    this.trafficBar?.update({ traffic: trafficText(this.progress.traffic()) });
  }

  private makeBars(): MultiBar {
    const bars = new MultiBar(
      {
        stream: this.parts.err,
        format: '{name} {bar} {value}/{of}  {rate}/min  {left} left',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: false,
        fps: 8,
        linewrap: false,
        // a bar that is full must not end while more images may be found
        stopOnComplete: false,
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    process.once('exit', this.stopBars);
    const start = { rate: 0, left: '–', of: 0 };
    STAGE_IDS.forEach((id, i) =>
      this.byStage.set(id, bars.create(1, 0, { ...start, name: `${i + 1} ${id}`.padEnd(12) })),
    );
    this.byStage.set('all', bars.create(1, 0, { ...start, name: 'overall'.padEnd(12) }));
    this.trafficBar = bars.create(1, 0, { traffic: '' }, { format: '{traffic}' });
    return bars;
  }
}

/** `requests: iqdb 3, saucenao 6   5 cache hits   1.2 MB/s` */
export function trafficText({ requests, cacheHits, megabytesPerSecond }: Traffic): string {
  const asked = [...requests].map(([who, n]) => `${who} ${n}`).join(', ');
  return `requests: ${asked || 'none'}   ${cacheHits} cache ${cacheHits === 1 ? 'hit' : 'hits'}   ${megabytesPerSecond} MB/s`;
}
