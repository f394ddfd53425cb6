import { readFile } from 'node:fs/promises';
import type { SqlJsStatic } from 'sql.js';

// Node has it; its type declarations know no more than the name
const { WebAssembly: wasmOfNode } = globalThis as unknown as {
  readonly WebAssembly: { validate(bytes: Uint8Array): boolean };
};

/** by path: read and checked once a process */
const loaded = new Map<string, Promise<SqlJsStatic>>();

/**
 * sql.js, from its `sql-wasm.wasm`. That is read and checked here: where it can't be, sql.js itself throws where nobody can
 * catch it, which ends the process.
 * @param wasm absolute path
 * @throws Error the file is missing or damaged, or sql.js is
 */
export function loadSqljs(wasm: string): Promise<SqlJsStatic> {
  const before = loaded.get(wasm);
  if (before) return before;
  const loading = load(wasm);
  loaded.set(wasm, loading);
  // it may have been mended when it is asked for again
  loading.catch(() => loaded.delete(wasm));
  return loading;
}

async function load(wasm: string): Promise<SqlJsStatic> {
  const { default: initSqlJs } = await import('./sqljs.ts');
  const bytes = await readFile(wasm);
  if (!wasmOfNode.validate(bytes)) throw new Error(`${wasm} is damaged`);
  return initSqlJs({ wasmBinary: new Uint8Array(bytes).buffer });
}
