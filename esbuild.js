// Bundles the extension, the command line, the analysis worker, the look at folders into dist/, the review panel into media/.
import { build } from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const production = process.argv.includes('--production');

rmSync('dist', { recursive: true, force: true });
rmSync('media/review', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
// the project is ESM, the bundles are CommonJS: VS Code and `require` of native modules want it so
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');

const common = {
  bundle: true,
  minify: production,
  sourcemap: !production,
  logLevel: 'warning',
  legalComments: 'linked',
};
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // jsonc-parser's CommonJS build hides its parts from bundlers
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // native modules stay packages of their own, beside the bundle (scripts/nativePackages.ts); vscode is the host's
  external: ['vscode', 'sharp', 'onnxruntime-node', 'exiftool-vendored.pl', 'exiftool-vendored.exe'],
};

// where a bundle lies: CommonJS has another word for it
const commonJs = { ...node, define: { 'import.meta.filename': '__filename' } };

const [{ metafile }] = await Promise.all([
  // in chunks, which only ES modules can be cut into: what activation needs is a tenth of the whole, and reading and compiling
  // the rest took four times as long as activation may. The command line shares them
  build({
    ...node,
    format: 'esm',
    splitting: true,
    metafile: true,
    entryPoints: ['src/extension.ts', 'src/cli.ts'],
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    // sixel's upng.js assigns to a variable that it does not declare, which no ES module may
    define: { UPNG: 'globalThis.UPNG' },
    // what packages of CommonJS modules look for
    banner: {
      js: [
        `import { createRequire as _createRequire } from 'node:module';`,
        `const require = _createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`,
      ].join('\n'),
    },
  }),
  build({ ...commonJs, entryPoints: ['src/adapters/onnx/analyzerWorker.ts'], outfile: 'dist/analyzerWorker.js' }),
  build({ ...commonJs, entryPoints: ['src/adapters/files/lookWorker.ts'], outfile: 'dist/lookWorker.js' }),
  build({ ...commonJs, entryPoints: ['src/adapters/files/folderProbeProcess.ts'], outfile: 'dist/folderProbe.js' }),
  build({
    ...common,
    entryPoints: ['webview/main.ts'],
    // the webview may read this folder and the thumbnails, nothing else
    outdir: 'media/review',
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
  }),
]);
// Of a CommonJS package that is imported late, a chunk of ES modules exports nothing but `default`. Its names are got through
// a module of our own that exports them again.
for (const [file, { imports }] of Object.entries(metafile.inputs)) {
  for (const { kind, path, external } of imports) {
    if (kind !== 'dynamic-import' || external || metafile.inputs[path]?.format !== 'cjs') continue;
    throw new Error(`${file} imports ${path} late, and it is CommonJS: imitate src/adapters/http/undici.ts`);
  }
}
// the command line runs where there is no `vscode`
for (const output of loadedBy('dist/cli.mjs')) {
  const isForVscode = metafile.outputs[output]?.imports.some(({ path }) => path === 'vscode');
  if (isForVscode) throw new Error(`the command line loads ${output}, which imports vscode`);
}
writeFileSync('dist/cli.js', `#!/usr/bin/env node\n${readFileSync('src/terminal/launcher.cjs', 'utf8')}`);
chmodSync('dist/cli.js', 0o755);
for (const name of ['codicon.css', 'codicon.ttf']) {
  copyFileSync(`node_modules/@vscode/codicons/dist/${name}`, `media/review/${name}`);
}
copyFileSync('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');

/** The bundle and the chunks that it loads, at once or late. */
function loadedBy(bundle) {
  const loaded = new Set([bundle]);
  for (const output of loaded) {
    for (const { path, external } of metafile.outputs[output]?.imports ?? []) if (!external) loaded.add(path);
  }
  return loaded;
}
