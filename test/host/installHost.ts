import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { repoRoot } from './paths.ts';

const codeServerVersion = '4.139.1';
const hostsDir = join(repoRoot, '.vscode-host');

export interface InstalledHost {
  /** The Node binary that code-server and its extension hosts run on. */
  readonly node: string;
  /** code-server's entry script. */
  readonly entry: string;
}

export type HostInstallReason = 'unsupported-platform' | 'missing-tool' | 'npm-failed';

export class HostInstallError extends Error {
  override readonly name = 'HostInstallError';
  readonly reason: HostInstallReason;

  constructor(reason: HostInstallReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Puts code-server (VS Code's workbench and its Node extension host) into `.vscode-host/`, from the npm registry alone.
 *
 * The folder is named for everything it depends on and gets its name by a rename at the very end, so it exists only
 * complete: a second call returns at once, an interrupted one leaves nothing that could be taken for a host, and a new
 * version of code-server or Node installs afresh. Takes about a minute and 600 MB.
 *
 * @throws {HostInstallError} with what to do about it
 */
export async function installHost(say: (line: string) => void): Promise<InstalledHost> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new HostInstallError('unsupported-platform', `No test host for ${process.platform}-${process.arch}.`);
  }
  const nodeVersion = pinnedNodeVersion();
  const name = `code-server-${codeServerVersion}-node-${nodeVersion}-linux-${process.arch}`;
  const complete = join(hostsDir, name);
  if (!existsSync(complete)) {
    await requireTools();
    const partial = join(hostsDir, `installing-${process.pid}`);
    try {
      await installInto(partial, nodeVersion, say);
      await rename(partial, complete).catch((error: unknown) => {
        if (!existsSync(complete)) throw error; // else another process was quicker
      });
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    await removeOthers(name);
  }
  return {
    node: join(nodePackage(complete), 'bin/node'),
    entry: join(complete, 'node_modules/code-server/out/node/entry.js'),
  };
}

async function installInto(dir: string, nodeVersion: string, say: (line: string) => void): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'package.json'), '{ "private": true }\n');
  const vscode = join(dir, 'node_modules/code-server/lib/vscode');
  const env = npmEnvironment(dir);

  say(`VS Code test host: code-server ${codeServerVersion} on Node ${nodeVersion}, about a minute`);
  say('  1/4 packages');
  // node-linux-* is the bare Node binary with its C++ headers (the `node` package of the root has no headers).
  // Install scripts stay off throughout: code-server's own would compile addons that tests never load and that need
  // system libraries (kerberos: libkrb5-dev).
  const node = `node-linux-${process.arch}@${nodeVersion}`;
  await npm(['install', '--ignore-scripts', node, `code-server@${codeServerVersion}`], dir, env);
  say("  2/4 VS Code's own packages");
  // Not `npm ci`: the published shrinkwrap lacks an entry (tslib), and ci refuses it.
  await npm(['install', '--omit=dev', '--ignore-scripts'], vscode, env);
  say('  3/4 native modules');
  // spdlog writes the log files and output channels, native-watchdog ends orphaned extension hosts; the rest is unused.
  await npm(['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'], vscode, env);
  if (!existsSync(join(vscode, 'node_modules/@vscode/spdlog/build/Release/spdlog.node'))) {
    throw new HostInstallError('npm-failed', 'npm rebuild left no spdlog.node: the test host would have no logs.');
  }
  say('  4/4 built-in extensions');
  // TypeScript: without it a .ts or .js file in the editor brings up an error toast.
  await npm(['install', '--omit=dev', '--ignore-scripts'], join(vscode, 'extensions'), env);
  await removeUnused(vscode);
}

/** 190 MB that extension tests never touch: the runtimes of VS Code's AI agents, and object files. */
async function removeUnused(vscode: string): Promise<void> {
  const modules = join(vscode, 'node_modules');
  const unused = [
    `@github/copilot-sdk-linux-${process.arch}`,
    '@microsoft/mxc-sdk',
    '@vscode/spdlog/build/Release/obj.target',
  ];
  await Promise.all(unused.map((path) => rm(join(modules, path), { recursive: true, force: true })));
}

/** Hosts of other versions, and what a killed install left; another install that is under way is left alone. */
async function removeOthers(name: string): Promise<void> {
  for (const entry of await readdir(hostsDir)) {
    const installer = /^installing-(\d+)$/.exec(entry)?.[1];
    if (entry === name || (installer !== undefined && isAlive(Number(installer)))) continue;
    await rm(join(hostsDir, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The host runs on the Node that the project pins, so that the two cannot drift apart. */
function pinnedNodeVersion(): string {
  const manifest = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as {
    readonly devDependencies: { readonly node: string };
  };
  return manifest.devDependencies.node;
}

function nodePackage(dir: string): string {
  return join(dir, `node_modules/node-linux-${process.arch}`);
}

/** Settings that a surrounding `npm run` or `npm ci` hands down are about the project, not about the host. */
function npmEnvironment(dir: string): NodeJS.ProcessEnv {
  const ofTheProject =
    /^npm_(package|lifecycle|command|config_(ignore_scripts|local_prefix|prefix|global|omit|include|legacy_peer_deps|save.*)$)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !ofTheProject.test(key)));
  return {
    ...env,
    PATH: [join(nodePackage(dir), 'bin'), process.env['PATH']].join(delimiter),
    npm_config_nodedir: nodePackage(dir),
    JOBS: 'max',
  };
}

async function npm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error'];
  const { code, output } = await run('npm', [...args, ...quiet], cwd, env);
  if (code !== 0) {
    throw new HostInstallError('npm-failed', `npm ${args.join(' ')} failed (${String(code)}) in ${cwd}:\n${output}`);
  }
}

async function requireTools(): Promise<void> {
  const missing: string[] = [];
  for (const tool of ['g++', 'make', 'python3']) {
    const { code } = await run(tool, ['--version'], dirname(hostsDir), process.env);
    if (code !== 0) missing.push(tool);
  }
  if (missing.length > 0) {
    throw new HostInstallError(
      'missing-tool',
      `The VS Code test host compiles two small modules and needs ${missing.join(', ')}. ` +
        'On Debian or Ubuntu: apt-get install g++ make python3',
    );
  }
}

interface Finished {
  readonly code: number | string | null;
  readonly output: string;
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ code: error.message, output }));
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}
