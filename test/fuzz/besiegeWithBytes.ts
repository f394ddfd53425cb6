import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const VICTIM = resolve(import.meta.dirname, 'victim.ts');
/** Seconds of the processor that no trial may take: a busy machine changes nothing about them. */
const LONGEST = 10;
/** Nor may it wait for what never comes: seconds of the clock. */
const LONGEST_WAIT = 180;
/** Clock ticks a second in /proc, the same on every Linux of today. */
const TICKS = 100;
const MOST_MEMORY_MB = 700;

export interface Outcome {
  readonly taken: number;
  readonly refused: number;
  /** MB */
  readonly memory: number;
}

/**
 * Feeds a subject with so many spoiled inputs, in a process of its own, so that a crash and a hang are seen.
 * @throws Error at the first crash, hang, unexpected error, excess of memory, or touch of a file outside
 */
export async function feed(subject: string, seed: number, count: number): Promise<Outcome> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'fuzz ')));
  try {
    // what must not be touched: beside the folder of the trials, and above it
    mkdirSync(join(dir, 'others/deep'), { recursive: true });
    for (const name of ['others/a.jpg', 'others/a.jpg.xmp', 'others/deep/b.txt', 'c.db']) {
      writeFileSync(join(dir, name), `${name} of somebody else`);
    }
    const before = outside(dir);
    const outcome = await run(dir, subject, seed, count);
    if (outside(dir) !== before) throw new Error(`${subject}, seed ${seed}: a file outside its folders was touched`);
    return outcome;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function run(dir: string, subject: string, seed: number, count: number): Promise<Outcome> {
  const child = spawn(process.execPath, [VICTIM, join(dir, 'ours'), subject, String(seed), '0', String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [taken, refused, memory] = [0, 0, 0];
  let current = 'its start';
  let trouble: string | undefined;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  const stop = (why: string): void => {
    trouble ??= why;
    child.kill('SIGKILL');
  };
  let timer: NodeJS.Timeout | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearInterval(timer);
    if (line.startsWith('begin ')) {
      current = `trial ${line.slice('begin '.length)}`;
      const [spent, began] = [cpuOf(child.pid), performance.now()];
      timer = setInterval(() => {
        if (cpuOf(child.pid) - spent > LONGEST) stop(`took more than ${LONGEST} s of the processor`);
        if (performance.now() - began > LONGEST_WAIT * 1000) stop(`took more than ${LONGEST_WAIT} s`);
      }, 1000);
    }
    if (line === 'end taken') taken++;
    if (line === 'end refused') refused++;
    if (line.startsWith('end bad ')) stop(`threw ${line.slice('end bad '.length)}`);
    if ((taken + refused) % 50 === 0) memory = Math.max(memory, peakOf(child.pid));
    if (memory > MOST_MEMORY_MB) stop(`took ${memory.toFixed(0)} MB`);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.once('close', (...how) => done(how)),
  );
  clearInterval(timer);
  if (trouble !== undefined || code !== 0) {
    throw new Error(`${subject}, seed ${seed}, ${current}: ${trouble ?? `ended by ${signal ?? code}: ${stderr}`}`);
  }
  if (taken + refused !== count) throw new Error(`${subject}: ${taken + refused} of ${count} trials`);
  return { taken, refused, memory };
}

/** Most resident memory so far (Linux), 0 where it can't be asked. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Processor time so far, seconds (Linux); 0 where it can't be asked. */
function cpuOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}

/** Names and bytes of all that is not ours, as one text. */
function outside(dir: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.startsWith(join(dir, 'ours'))) continue;
    hash.update(`${path}\0`);
    if (entry.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}
