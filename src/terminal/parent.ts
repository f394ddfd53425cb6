/** Started by `launcher.cjs` on behalf of an older Node: when that process is gone, however it ended, this one ends as well. */
export function endWithParent(): void {
  if (!process.channel) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}
