/**
 * `image-inbox process --json | head -1`: the reader goes, the run goes on quietly to its end. A terminal that is closed reads no
 * more either (EIO): the run was sent a signal then, and stops as at any other.
 */
export function ignoreBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY);
    if (!isGone) throw error;
  });
}
