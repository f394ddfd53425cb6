import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SyncEngine } from '../../../src/core/sync/syncEngine.ts';
import { NodeCarrier } from '../../../src/adapters/sync/nodeCarrier.ts';
import { PathEngine } from '../../../src/adapters/sync/pathEngine.ts';
import { RcloneCarrier } from '../../../src/adapters/sync/rcloneCarrier.ts';
import { RcloneEngine } from '../../../src/adapters/sync/rcloneEngine.ts';
import { RobocopyCarrier } from '../../../src/adapters/sync/robocopyCarrier.ts';
import { RsyncCarrier } from '../../../src/adapters/sync/rsyncCarrier.ts';
import { RsyncEngine } from '../../../src/adapters/sync/rsyncEngine.ts';
import { RsyncProgram } from '../../../src/adapters/sync/rsyncProgram.ts';
import { ownPort } from '../support/ownPort.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { untilListening } from '../support/untilListening.ts';

export const STAGING = '.image-inbox-0123abcd';

export interface NasRequest {
  /** absolute path of the folder that the NAS keeps its files in */
  readonly nas: string;
  readonly sorted: string;
  readonly verify: 'size' | 'checksum';
}

/** A NAS that is reached in one of the ways that people have. */
export interface NasKind {
  readonly name: string;
  /** makes an engine for it; a server is started once for each, and ends with `close` */
  open(request: NasRequest): Promise<{ readonly engine: SyncEngine; close(): Promise<void> }>;
}

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
export const ROBOCOPY = [process.execPath, join(import.meta.dirname, 'standIns', 'robocopy.ts')];

const alone = (engine: SyncEngine) => Promise.resolve({ engine, close: () => engine.close() });

const builtin: NasKind = {
  name: 'builtin, to a folder',
  open: ({ nas, verify }) => alone(new PathEngine({ nas, staging: STAGING, verify, carrier: new NodeCarrier() })),
};

const robocopy: NasKind = {
  name: 'robocopy (a stand-in), to a folder',
  open: ({ nas, verify }) =>
    alone(
      new PathEngine({
        nas,
        staging: STAGING,
        verify,
        carrier: new RobocopyCarrier({ program: ROBOCOPY, options: [] }),
      }),
    ),
};

const rsyncFolder: NasKind = {
  name: 'rsync, to a folder',
  open: ({ nas, sorted, verify }) =>
    alone(
      new PathEngine({
        nas,
        staging: STAGING,
        verify,
        carrier: new RsyncCarrier(new RsyncProgram({ options: [] }), sorted),
      }),
    ),
};

const rsyncDaemon: NasKind = {
  name: 'rsync, to a daemon',
  open: async ({ nas, sorted, verify }) => {
    const conf = await temporaryFolder();
    const file = join(conf.path, 'rsyncd.conf');
    // the module is the folder above, so that the NAS folder can go away under it
    const path = dirname(nas);
    // of itself it would give up root's rights
    const user = process.getuid?.() === 0 ? 'uid = root\ngid = root\n' : '';
    await writeFile(file, `use chroot = false\n${user}[library]\npath = ${path}\nread only = false\n`);
    const port = await ownPort();
    const server = spawn(
      'rsync',
      ['--daemon', '--no-detach', '--address=127.0.0.1', `--port=${port}`, `--config=${file}`],
      { stdio: 'ignore' },
    );
    await untilListening(port);
    const rsync = new RsyncProgram({ options: [] });
    const address = `rsync://127.0.0.1:${port}/library/${basename(nas)}`;
    const engine = new RsyncEngine({ rsync, address, root: sorted, staging: STAGING, verify });
    return { engine, close: () => closeAll(engine, server, conf) };
  },
};

const rcloneFolder: NasKind = {
  name: 'rclone, to a folder',
  open: ({ nas, sorted, verify }) =>
    alone(new PathEngine({ nas, staging: STAGING, verify, carrier: new RcloneCarrier({ options: [] }, sorted) })),
};

/** @param front the port of what stands before the server's; @param options more of the server's */
export function rcloneServer(
  protocol: 'sftp' | 'webdav',
  front: (port: number) => Promise<number> = (port) => Promise.resolve(port),
  options: readonly string[] = [],
): NasKind {
  return {
    name: `rclone, over ${protocol}`,
    open: async ({ nas, sorted, verify }) => {
      const port = await ownPort();
      const account = ['--user', 'u', '--pass', 'p'];
      const server = spawn(
        'rclone',
        [
          'serve',
          protocol,
          dirname(nas),
          '--addr',
          `127.0.0.1:${port}`,
          ...account,
          '--dir-cache-time',
          '0s',
          ...options,
        ],
        { stdio: 'ignore' },
      );
      await untilListening(port);
      const shown = await front(port);
      const pass = spawnSync('rclone', ['obscure', 'p'], { encoding: 'utf8' }).stdout.trim();
      const place =
        protocol === 'sftp' ? `host=127.0.0.1,port=${shown}` : `url='http://127.0.0.1:${shown}',vendor=other`;
      const remote = `:${protocol},${place},user=u,pass=${pass}:${basename(nas)}`;
      const engine = new RcloneEngine({ options: [], remote, root: sorted, staging: STAGING, verify });
      return { engine, close: () => closeAll(engine, server) };
    },
  };
}

/** Programs that are missing here; without them the tests of their engines can't be run, and one test says so. */
export const MISSING_PROGRAMS = ['rsync', 'rclone'].filter((program) => !isInstalled(program));

/** All that can be had on this machine. */
export const NAS_KINDS: readonly NasKind[] = [
  builtin,
  robocopy,
  ...(MISSING_PROGRAMS.includes('rsync') ? [] : [rsyncFolder, rsyncDaemon]),
  ...(MISSING_PROGRAMS.includes('rclone') ? [] : [rcloneFolder, rcloneServer('sftp'), rcloneServer('webdav')]),
];

async function closeAll(engine: SyncEngine, server: ChildProcess, folder?: AsyncDisposable): Promise<void> {
  await engine.close();
  const gone = once(server, 'exit');
  server.kill();
  await gone;
  await folder?.[Symbol.asyncDispose]();
}
