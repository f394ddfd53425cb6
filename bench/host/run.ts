/**
 * npm run bench:host [-- COUNT]: what people wait for in VS Code, in the real host (code-server and Chromium, on Linux), with
 * COUNT (10,000) images that wait for review.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchPanel } from './panel.ts';

const count = Number(process.argv[2] ?? 10_000);
const stock = mkdtempSync(join(tmpdir(), 'image-inbox-bench-stock-'));
try {
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  console.log(
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? '?'}, ${memory}, Node ${process.version}, load ${load} before`,
  );
  console.log('The review panel');
  for (const [name, value] of await benchPanel(count, stock)) console.log(`  ${name.padEnd(84)}${value.padStart(12)}`);
} finally {
  rmSync(stock, { recursive: true, force: true });
}
