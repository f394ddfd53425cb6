import type { DecisionBox, Letter, PostedDecision } from '../../../src/core/ports/decisionBox.ts';

/** Letters in memory, whose readers hear of each at once. */
export class MemoryBox implements DecisionBox {
  private letters: readonly (readonly PostedDecision[])[] = [];
  private readonly watchers = new Set<() => void>();

  get size(): number {
    return this.letters.length;
  }

  get watched(): number {
    return this.watchers.size;
  }

  post(decisions: readonly PostedDecision[]): Promise<void> {
    this.letters = [...this.letters, decisions];
    for (const tell of this.watchers) tell();
    return Promise.resolve();
  }

  unread(): Promise<readonly Letter[]> {
    return Promise.resolve(
      this.letters.map((decisions) => ({
        decisions,
        remove: () => {
          this.letters = this.letters.filter((letter) => letter !== decisions);
          return Promise.resolve();
        },
      })),
    );
  }

  watch(onPost: () => void): () => void {
    this.watchers.add(onPost);
    return () => this.watchers.delete(onPost);
  }
}
