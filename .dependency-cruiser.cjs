/**
 * The layers, as a gate (npm run lint). The picture is in docs/architecture.md:
 *
 *   core <- adapters <- compose <- cli, extension
 *   core, compose, protocol <- vscode <- extension
 *   core, compose <- terminal <- cli
 *   core/model <- protocol <- webview
 */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|webview)/', pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('core-is-closed', '^src/core/', '^src/core/', 'Decisions only: the core imports nothing but itself.'),
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|path/posix|util|assert)$' },
      comment: 'No file, network or process access in the core: ask a port.',
    },
    {
      name: 'core-has-few-packages',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: 'node_modules/(valibot|p-limit|picomatch|yocto-queue)/' },
    },
    only('adapters-know-the-core', '^src/adapters/', '^src/(core|adapters)/'),
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'What they share: talking HTTP, decoding pictures, handling files safely.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/($1|http|image|files)/' },
    },
    only('compose-wires', '^src/compose\\.ts$', '^src/((core|adapters)/|compose(Sync|Analyzer|Store)\\.ts$)'),
    only('compose-parts-wire', '^src/compose(Sync|Analyzer|Store)\\.ts$', '^src/(core|adapters)/'),
    only(
      'compose-doctor-wires',
      '^src/compose(Doctor|Repair|Watch)\\.ts$',
      '^src/((core|adapters)/|compose(Store)?\\.ts$)',
    ),
    only('protocol-is-messages', '^src/protocol/', '^src/(core/model|protocol)/'),
    only('terminal', '^src/terminal/', '^src/(core/|terminal/|(compose(Doctor|Repair|Watch)?|systemClock)\\.ts)'),
    only('vscode', '^src/vscode/', '^src/(core/|vscode/|protocol/|(compose(Doctor|Repair|Watch)?|systemClock)\\.ts)'),
    only('cli', '^src/cli\\.ts$', '^src/(core/|terminal/|(compose(Doctor|Repair|Watch)?|systemClock)\\.ts)'),
    only('extension', '^src/extension\\.ts$', '^src/(core/|vscode/|(compose(Doctor|Repair|Watch)?|systemClock)\\.ts)'),
    only('webview', '^webview/', '^(webview/|src/(protocol|core/model)/)'),
    {
      name: 'natives-come-late',
      comment: 'By import() at the first use: an extension of which one is missing must start, and say so.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: 'node_modules/(sharp|onnxruntime-node)/',
        dynamic: false,
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    },
    {
      name: 'vscode-stays-in-its-house',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/(vscode/|extension\\.ts$)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(src|webview)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.vscode-host)/' },
    builtInModules: { add: ['vscode'] },
  },
};
