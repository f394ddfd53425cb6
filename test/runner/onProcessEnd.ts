const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `cleanUp` (synchronous) when this process ends, by a signal too: without it a child process or a temporary folder
 * would outlive an interrupted run.
 *
 * @returns calls it off
 */
export function onProcessEnd(cleanUp: () => void): () => void {
  const leave = () => process.exit(130);
  process.once('exit', cleanUp);
  for (const signal of signals) process.once(signal, leave);
  return () => {
    process.off('exit', cleanUp);
    for (const signal of signals) process.off(signal, leave);
  };
}
