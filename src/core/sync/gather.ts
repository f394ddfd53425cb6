interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (value: Out) => void;
  readonly reject: (reason: unknown) => void;
}

/** How one item of a batch came out. */
export type Gathered<Out> = { readonly value: Out } | { readonly error: unknown };

/**
 * Makes batches of what comes one at a time: all that arrived while a batch was under way goes out together in the next one.
 * A single item waits for nothing, and a crowd shares the cost of a program's start or of a round trip.
 */
export class Gather<In, Out> {
  private readonly work: (items: readonly In[]) => Promise<readonly Gathered<Out>[]>;
  private readonly most: number;
  private waiting: Waiting<In, Out>[] = [];
  private running: Promise<void> | undefined;

  /** @param work answers as many as it is given, in their order; @param most items of one batch */
  constructor(work: (items: readonly In[]) => Promise<readonly Gathered<Out>[]>, most: number) {
    this.work = work;
    this.most = most;
  }

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // all that is asked for in this turn is still to come
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.most);
      try {
        const results = await this.work(batch.map(({ item }) => item));
        for (const [i, { resolve, reject }] of batch.entries()) {
          const result = results[i];
          if (result && 'value' in result) resolve(result.value);
          else reject(result ? result.error : new Error('a batch came back short'));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running = undefined;
  }
}
