/**
 * What a service said of its limits, kept across runs and shared by the extension and the command line. One value; whoever
 * reads it checks it, since an older version may have written it. `undefined` when there is none yet.
 */
export interface LimitMemory {
  load(): Promise<unknown>;
  /** @param value plain JSON */
  save(value: unknown): Promise<void>;
}
