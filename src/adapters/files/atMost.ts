/**
 * Waits for `work`, but so many milliseconds at most; it may still end later. For the end of a thread: one that waits in the
 * system, for a NAS that has gone silent, ends with that call. It is not to be unref'ed then: Node waits for it at its exit all
 * the same, and hears no Ctrl-C any more while it does.
 */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => over.resolve(undefined), ms);
  try {
    await Promise.race([work, over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
