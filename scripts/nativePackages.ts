import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Platforms that all native parts have binaries for; onnxruntime-node 1.30 has none for darwin-x64. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'] as const;
export type Target = (typeof TARGETS)[number];

/** What runs of each package that can't, or must not, be bundled; a regular expression over the paths inside the package, `/` separated. */
function filesThatRun(target: Target): Readonly<Record<string, RegExp>> {
  const [os = '', cpu = ''] = target.split('-');
  return {
    // loaded with import(), which takes the ES module
    sharp: /^(package\.json|LICENSE|dist\/.*\.[cm]js)$/,
    '@img/colour': /^(package\.json|LICENSE.*|.*\.[cm]?js)$/,
    'detect-libc': /^(package\.json|LICENSE|lib\/.*\.js)$/,
    semver: /^(package\.json|LICENSE|index\.js|(classes|functions|internal|ranges)\/.*\.js)$/,
    [`@img/sharp-${target}`]: /./,
    // on Windows libvips is part of the package above
    ...(os === 'win32' ? {} : { [`@img/sharp-libvips-${target}`]: /./ }),
    'libheif-js': /^(package\.json|LICENSE|wasm-bundle\.js|libheif-wasm\/(LICENSE|libheif-bundle\.js))$/,
    'onnxruntime-node': new RegExp(`^(package\\.json|LICENSE|dist/.*\\.js|bin/napi-v6/${os}/${cpu}/.*)$`),
    'onnxruntime-common': /^(package\.json|LICENSE|dist\/cjs\/.*\.(js|json))$/,
    [os === 'win32' ? 'exiftool-vendored.exe' : 'exiftool-vendored.pl']:
      /^(package\.json|index\.js|LICENSE|bin\/(exiftool|LICENSE|lib\/.*|exiftool\.exe|exiftool_files\/.*))$/,
  };
}

/**
 * Copies the native packages into `<dist>/node_modules`, where `require` from the bundles finds them.
 * @returns number of files and bytes copied
 * @throws Error when a package is not installed for the target
 */
export function copyNativePackages(root: string, dist: string, target: Target): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const [name, keep] of Object.entries(filesThatRun(target))) {
    const from = join(root, 'node_modules', name);
    if (!existsSync(from))
      throw new Error(
        `${name} is not installed for ${target}: "npm run package -- --target ${target}" installs it aside.`,
      );
    for (const file of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
      const source = join(from, file);
      if (!keep.test(file.split(sep).join('/')) || !statSync(source).isFile()) continue;
      const to = join(dist, 'node_modules', name, file);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(source, to);
      files++;
      bytes += statSync(to).size;
    }
  }
  const [os = '', cpu = ''] = target.split('-');
  if (!existsSync(join(dist, `node_modules/onnxruntime-node/bin/napi-v6/${os}/${cpu}/onnxruntime_binding.node`))) {
    throw new Error(`onnxruntime-node has no binary for ${target}.`);
  }
  return { files, bytes };
}
