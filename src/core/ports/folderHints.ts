/**
 * Says that something may have changed in a folder. Only a hint: changes may be missed (on network drives they are), so that
 * whoever listens looks by himself now and then.
 */
export interface FolderHints {
  /** Listens from now on, to this folder, if it does not already. Rejects never; where nothing can be heard, it stays silent. */
  listen(folder: string): Promise<void>;
  /** Resolves at the next hint since the last call, at the latest after `ms`. @throws the signal's reason */
  next(ms: number, signal: AbortSignal): Promise<void>;
  /** Listens no more; for a folder that is gone. */
  stop(): Promise<void>;
}
