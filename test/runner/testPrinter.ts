import type { TestEvent } from './testEvent.ts';

type Failure = Extract<TestEvent, { kind: 'failed' }>;

/** Prints tests as they end, under the headings of their suites, and the failures once more at the end. */
export class TestPrinter {
  readonly #say: (line: string) => void;
  readonly #failures: Failure[] = [];
  #suites: readonly string[] = [];

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  print(event: TestEvent): void {
    switch (event.kind) {
      case 'passed':
        this.#line(event.title, '✔', event.ms >= 1000 ? ` (${(event.ms / 1000).toFixed(1)} s)` : '');
        break;
      case 'failed':
        this.#failures.push(event);
        this.#line(event.title, '✘', '');
        break;
      case 'skipped':
        this.#line(event.title, '-', ' (skipped)');
        break;
      case 'ended':
        break;
    }
  }

  printFailures(): void {
    for (const [index, failure] of this.#failures.entries()) {
      this.#say(`\n  ${index + 1}) ${failure.title.join(' › ')}`);
      this.#say(failure.error.replace(/^/gm, '     '));
    }
  }

  #line(title: readonly string[], mark: string, note: string): void {
    const suites = title.slice(0, -1);
    const shared = suites.findIndex((suite, depth) => suite !== this.#suites[depth]);
    if (shared !== -1) {
      for (let depth = shared; depth < suites.length; depth++) this.#say(`${indent(depth)}${suites[depth] ?? ''}`);
    }
    this.#suites = suites;
    this.#say(`${indent(suites.length)}${mark} ${title.at(-1) ?? ''}${note}`);
  }
}

function indent(depth: number): string {
  return '  '.repeat(depth + 1);
}
