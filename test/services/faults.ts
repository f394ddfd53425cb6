/** Something that goes wrong with an answer, or slowly. */
export type Fault =
  /** Answers as always, later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Takes the request and does not answer before it is released. */
  | { readonly kind: 'hang' }
  /** Starts the right answer and resets the connection after so many bytes of its body. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** An error status with a short HTML page. `retryAfter` is in seconds. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** A web page with status 200 where data is expected: a maintenance notice. */
  | { readonly kind: 'html' }
  /** Cloudflare's "Just a moment..." page, status 403. */
  | { readonly kind: 'cloudflare' }
  /** Sends the client elsewhere, status 302. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** Any answer at all, for what has no name here. */
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: string };

/** A fault, for which requests (those whose path starts with `path`; all by default), and how often (always by default). */
export interface FaultRule {
  readonly fault: Fault;
  readonly path?: string;
  readonly times?: number;
}

/** The rules in force, and how much of each is used up. */
export class Faults {
  #open: { readonly rule: FaultRule; left: number }[] = [];

  set(rules: readonly FaultRule[]): void {
    this.#open = rules.map((rule) => ({ rule, left: rule.times ?? Infinity }));
  }

  /** Uses up and returns the faults of one request: every latency that applies, and the first of the others. */
  take(path: string): readonly Fault[] {
    const taken: Fault[] = [];
    for (const open of this.#open) {
      const { fault } = open.rule;
      const applies = open.left > 0 && path.startsWith(open.rule.path ?? '/');
      if (!applies || (fault.kind !== 'latency' && taken.some(({ kind }) => kind !== 'latency'))) continue;
      open.left -= 1;
      taken.push(fault);
    }
    return taken;
  }
}
