/**
 * npm run bench:host [-- COUNT [PART...]]: what people wait for in VS Code, in the real host (code-server and Chromium, on
 * Linux), with COUNT (10,000) images that wait for review, and ten times as many in the tree. PART: activation, panel, tree, cancel.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchActivation } from './activation.ts';
import { benchCancel } from './cancel.ts';
import { benchPanel } from './panel.ts';
import { benchTree } from './tree.ts';

const [given, ...chosen] = process.argv.slice(2);
const count = Number(given ?? 10_000);
const stock = mkdtempSync(join(tmpdir(), 'image-inbox-bench-stock-'));
const parts = {
  activation: () => benchActivation(stock),
  panel: () => benchPanel(count, stock),
  tree: () => benchTree(count * 10, stock),
  cancel: () => benchCancel(stock),
};
try {
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  console.log(
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? '?'}, ${memory}, Node ${process.version}, load ${load} before`,
  );
  for (const [part, measure] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(part)) continue;
    console.log(part);
    for (const [name, value] of await measure()) console.log(`  ${name.padEnd(100)}${value.padStart(14)}`);
  }
} finally {
  rmSync(stock, { recursive: true, force: true });
}
