import type { LimitMemory } from '../../../src/core/ports/limitMemory.ts';

/** Outlives an adapter as a file would: what goes in comes out as new objects, or not at all if it is no JSON. */
export class KeptLimits implements LimitMemory {
  text: string | undefined;

  async load(): Promise<unknown> {
    return this.text === undefined ? undefined : (JSON.parse(this.text) as unknown);
  }

  async save(value: unknown): Promise<void> {
    this.text = JSON.stringify(value);
  }
}
