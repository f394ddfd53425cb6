import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { settingsFor } from '../services/settingsFor.ts';
import { startServices, type Services, type ServicesOptions } from '../services/start.ts';
import { sampleSaucenaoKey, unlimited } from '../services/saucenao.ts';
import { loadSamplePosts, sampleInbox } from '../services/samplePosts.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const CLI = join(ROOT, 'dist/cli.js');

/** As the stand-in of SauceNAO takes it. */
export const KEY = sampleSaucenaoKey;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A workspace in a temporary folder, with stand-in services behind its settings. */
export class Workspace implements AsyncDisposable {
  readonly dir: string;
  readonly inbox: string;
  readonly sorted: string;
  readonly nas: string;
  readonly services: Services;
  private readonly children: ChildProcess[] = [];

  private constructor(dir: string, services: Services) {
    this.dir = dir;
    this.inbox = join(dir, 'Inbox');
    this.sorted = join(dir, 'Sorted');
    this.nas = join(dir, 'NAS');
    this.services = services;
  }

  static async create(
    options: { samples?: boolean; services?: ServicesOptions; settings?: object } = {},
  ): Promise<Workspace> {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), "ws 'quoted' 画像 ")));
    const services = await startServices(await loadSamplePosts(), {
      ...options.services,
      saucenao: { limits: unlimited, ...options.services?.saucenao },
    });
    const workspace = new Workspace(dir, services);
    mkdirSync(workspace.nas);
    if (options.samples ?? true) cpSync(sampleInbox, workspace.inbox, { recursive: true, preserveTimestamps: true });
    else mkdirSync(workspace.inbox);
    workspace.set({
      'imageInbox.directories.nas': '${workspaceFolder}/NAS',
      ...settingsFor(services),
      ...options.settings,
    });
    return workspace;
  }

  set(settings: object): void {
    mkdirSync(join(this.dir, '.vscode'), { recursive: true });
    writeFileSync(
      join(this.dir, '.vscode/settings.json'),
      `// settings, with a comment\n${JSON.stringify(settings, null, 2)}\n`,
    );
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [CLI, ...args, '--workspace', this.dir], {
      env: { ...process.env, SAUCENAO_API_KEY: KEY, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, stdout, stderr })));
    return { child, ended };
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** the latest manifest */
  manifest(): Manifest {
    const name = readdirSync(this.sorted)
      .filter((n) => n.startsWith('manifest_'))
      .sort()
      .at(-1);
    if (name === undefined) throw new Error('no manifest');
    return JSON.parse(readFileSync(join(this.sorted, name), 'utf8')) as Manifest;
  }

  errorReport(): string | undefined {
    const name = existsSync(this.sorted)
      ? readdirSync(this.sorted)
          .filter((n) => n.startsWith('errors_'))
          .sort()
          .at(-1)
      : undefined;
    return name === undefined ? undefined : readFileSync(join(this.sorted, name), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // one that should have ended would keep what runs the tests
    for (const child of this.children) child.kill('SIGKILL');
    await this.services.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface ManifestImage {
  readonly source: string;
  readonly sha256?: string;
  readonly destination?: string;
  readonly sidecar?: string;
  readonly category?: string;
  readonly stages: Readonly<
    Record<
      string,
      Readonly<Record<string, unknown>> & {
        readonly status: string;
        readonly why?: string;
        readonly error?: { readonly reason: string; readonly message: string };
      }
    >
  >;
  readonly operations: readonly { readonly op: string; readonly from?: string; readonly to: string }[];
}

export interface Manifest {
  readonly outcome: string;
  readonly runId: string;
  readonly statistics: Readonly<Record<string, number>> & { readonly requests: Readonly<Record<string, number>> };
  readonly images: readonly ManifestImage[];
}

/** Files below a folder, relative, sorted. */
export const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => relative(folder, join(e.parentPath, e.name)))
        .sort()
    : [];

export const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** How often each content stands below the folders, sidecars and reports left out. */
export function contents(...folders: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const folder of folders) {
    for (const file of filesBelow(folder)) {
      if (/\.xmp$|^(manifest|errors)_/.test(file)) continue;
      const hash = sha256(join(folder, file));
      counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
  }
  return counts;
}

export function assertAddsUp({ statistics: s, images }: Manifest): void {
  const sum = ['processed', 'skipped', 'failed', 'awaitingReview', 'awaitingQuota'].reduce(
    (n, key) => n + (s[key] ?? NaN),
    0,
  );
  if (s['total'] !== sum || images.length !== sum)
    throw new Error(`total ${s['total']}, sum ${sum}, ${images.length} images`);
}
