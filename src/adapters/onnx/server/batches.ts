/**
 * Gathers items while the batch before is under way, so that a lone item never waits for company and many go together.
 * One batch at a time.
 */
export class Batches<I, O> {
  /** how many items go together, at most */
  size: number;
  private readonly send: (items: readonly I[]) => Promise<readonly O[]>;
  private readonly waiting: { readonly item: I; readonly answer: PromiseWithResolvers<O> }[] = [];
  private isSending = false;

  /** @param send gives an answer for each item, in the same order; when it rejects, all of them are rejected */
  constructor(size: number, send: (items: readonly I[]) => Promise<readonly O[]>) {
    this.size = size;
    this.send = send;
  }

  add(item: I): Promise<O> {
    const answer = Promise.withResolvers<O>();
    this.waiting.push({ item, answer });
    if (!this.isSending) void this.work();
    return answer.promise;
  }

  private async work(): Promise<void> {
    this.isSending = true;
    // what is added in the same turn belongs together
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.size);
      try {
        const answers = await this.send(batch.map(({ item }) => item));
        batch.forEach(({ answer }, i) => answer.resolve(answers[i] as O));
      } catch (error) {
        for (const { answer } of batch) answer.reject(error);
      }
    }
    this.isSending = false;
  }
}
