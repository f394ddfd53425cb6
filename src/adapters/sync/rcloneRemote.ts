import * as v from 'valibot';
import { shownNas } from '../../core/sync/shownNas.ts';
import { NasUnreachable, type Hooks } from '../../core/sync/syncEngine.ts';
import { RcloneDaemon } from './rcloneDaemon.ts';
import { fsInfo, statsAnswer, type FsInfo } from './rcloneShapes.ts';

export interface RcloneOptions {
  /** the program, and arguments that come before all others */
  readonly program?: readonly string[];
  /** the user's own arguments */
  readonly options: readonly string[];
  /** `remote:path`, `:sftp,host=nas:path`, or a path */
  readonly remote: string;
}

/** While it copies it is asked how far it is; without one more byte for so long it hangs. */
const POLL_MS = 500;
const SILENCE_MS = 300_000;

interface Connection {
  readonly daemon: RcloneDaemon;
  readonly info: FsInfo;
}

/** A watch over copies that are under way. */
export interface Watch {
  /** the caller's, or aborted with NasUnreachable when nothing moves any more */
  readonly signal: AbortSignal;
  stop(): Promise<void>;
}

/** A place that rclone reaches, with the process that does; started when it is first asked, and again when it has died. */
export class RcloneRemote {
  /** as rclone takes it; may hold a password */
  readonly fs: string;
  /** as people may see it */
  readonly name: string;
  private readonly program: readonly string[];
  private readonly options: readonly string[];
  private connection: Promise<Connection> | undefined;

  constructor({ program = ['rclone'], options, remote }: RcloneOptions) {
    this.program = program;
    this.options = options;
    this.fs = remote;
    this.name = shownNas(remote);
  }

  /** What the remote can do. @throws NasUnreachable */
  async info(signal: AbortSignal): Promise<FsInfo> {
    return (await this.ready(signal)).info;
  }

  /** @throws RcloneError, NasUnreachable when the process has ended */
  async call(method: string, parameters: object, signal: AbortSignal): Promise<unknown> {
    return (await this.ready(signal)).daemon.call(method, parameters, signal);
  }

  /** Tells how far it is, until `stop`. */
  async watch({ signal, onBytes }: Hooks): Promise<Watch> {
    const { daemon } = await this.ready(signal);
    const hung = new AbortController();
    const bytes = async (): Promise<number> => v.parse(statsAnswer, await daemon.call('core/stats', {}, signal)).bytes;
    let last = await bytes();
    // polls in a row without a byte, also without an answer: a clock would count the sleep of a computer as well
    let silent = 0;
    const ask = async (): Promise<void> => {
      const now = await bytes();
      if (now !== last) silent = 0;
      onBytes?.(now - last);
      last = now;
    };
    let asking: Promise<void> | undefined;
    const poll = (): void => {
      if (hung.signal.aborted) return;
      if (++silent * POLL_MS >= SILENCE_MS) {
        daemon.stop();
        hung.abort(new NasUnreachable(`rclone has copied nothing for ${SILENCE_MS / 1000} s.`));
      }
      asking ??= ask()
        .catch(() => undefined)
        .finally(() => (asking = undefined));
    };
    const timer = setInterval(poll, POLL_MS);
    return {
      signal: AbortSignal.any([signal, hung.signal]),
      stop: async () => {
        await asking;
        await ask().catch(() => undefined);
        clearInterval(timer);
      },
    };
  }

  async close(): Promise<void> {
    const connection = await this.connection?.catch(() => undefined);
    this.connection = undefined;
    await connection?.daemon.close();
  }

  private async ready(signal: AbortSignal): Promise<Connection> {
    const current = this.connection;
    const connection = await current?.catch(() => undefined);
    if (connection && !connection.daemon.isOver) return connection;
    // another call may have begun a new one in the meantime
    if (this.connection === current) this.connection = this.connect(signal);
    return this.connection ?? this.connect(signal);
  }

  private async connect(signal: AbortSignal): Promise<Connection> {
    const daemon = await RcloneDaemon.start(this.program, this.options, signal);
    try {
      return { daemon, info: v.parse(fsInfo, await daemon.call('operations/fsinfo', { fs: this.fs }, signal)) };
    } catch (error) {
      await daemon.close();
      signal.throwIfAborted();
      if (error instanceof NasUnreachable) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new NasUnreachable(`${this.name} can't be reached: ${why}`, { cause: error });
    }
  }
}
