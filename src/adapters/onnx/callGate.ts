const FREE = 0;
const BUSY = 1;
const CLOSED = 2;

/**
 * Keeps a thread alive while it is inside onnxruntime-node. When a worker is ended, or the process exits, in the middle of
 * its `create` or `run` (1.30.0), the native code finds JavaScript gone, throws, and the whole process aborts: the command
 * line with SIGABRT in place of its exit code, VS Code's extension host with all extensions in it. (sharp can be interrupted.)
 *
 * The worker's calls go `through` the gate; its owner closes the gate before it ends the thread. Both share four bytes.
 */
export class CallGate {
  /** bits BUSY and CLOSED */
  private readonly state: Int32Array<SharedArrayBuffer>;

  constructor(shared: SharedArrayBuffer) {
    this.state = new Int32Array(shared);
  }

  static share(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  /** For the worker, one call at a time. Once the gate is closed it never settles, since the thread is about to end. */
  async through<T>(call: () => Promise<T>): Promise<T> {
    if (Atomics.compareExchange(this.state, 0, FREE, BUSY) !== FREE) return new Promise<never>(() => undefined);
    try {
      return await call();
    } finally {
      Atomics.and(this.state, 0, ~BUSY);
      Atomics.notify(this.state, 0);
    }
  }

  /** For the owner: lets no further call in, and waits for the one inside, about the time of one inference. */
  async close(): Promise<void> {
    Atomics.or(this.state, 0, CLOSED);
    while (Atomics.load(this.state, 0) === (BUSY | CLOSED)) {
      await Atomics.waitAsync(this.state, 0, BUSY | CLOSED).value;
    }
  }

  /** The same where nothing can be awaited: in the process's `exit` event. Gives up after `ms`. */
  closeAtExit(ms: number): void {
    Atomics.or(this.state, 0, CLOSED);
    Atomics.wait(this.state, 0, BUSY | CLOSED, ms);
  }
}
