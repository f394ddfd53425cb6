import type { ReadStream } from 'node:tty';

/** Gives a terminal back to lines. One that was closed has no modes any more, which is no error: that it has ended is told elsewhere. */
export function leaveRawMode(input: ReadStream): void {
  if (input.destroyed) return;
  const isGone = (): void => undefined;
  input.on('error', isGone);
  input.setRawMode(false);
  input.off('error', isGone);
}
