import { readdirSync, readFileSync } from 'node:fs';

/** Samples a process and all below it while it runs (Linux). Megabytes of resident memory. */
export class PeakMemory {
  /** of the process itself */
  main = 0;
  /** of it and its children together */
  all = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.timer = setInterval(() => this.sample(pid), 100);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(pid: number): void {
    const resident = new Map<number, { parent: number; mb: number }>();
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const status = readFileSync(`/proc/${entry}/status`, 'utf8');
        const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
        resident.set(Number(entry), { parent: field('PPid'), mb: field('VmRSS') / 1024 });
      } catch {
        // it has ended in the meantime
      }
    }
    const below = (id: number): number => {
      let sum = resident.get(id)?.mb ?? 0;
      for (const [child, { parent }] of resident) if (parent === id) sum += below(child);
      return sum;
    };
    this.main = Math.max(this.main, resident.get(pid)?.mb ?? 0);
    this.all = Math.max(this.all, below(pid));
  }
}
