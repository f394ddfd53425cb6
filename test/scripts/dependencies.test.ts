import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

interface Package {
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): unknown => JSON.parse(readFileSync(resolve(ROOT, file), 'utf8'));
const packages = Object.entries((read('package-lock.json') as { packages: Record<string, Package> }).packages)
  .filter(([path]) => path !== '')
  .map(([path, facts]) => ({ name: path.replace(/^.*node_modules\//, ''), ...facts }));

/** Licences under which what we ship may be shipped. LGPL: libvips and libheif, libraries of their own, which anybody can replace. */
const SHIPPABLE = new Set([
  'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'CC0-1.0', '(MIT OR CC0-1.0)',
  'LGPL-3.0', 'LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
]); // prettier-ignore

describe('what we depend on', () => {
  it('is shipped under licences that allow it', () => {
    const others = packages.filter(({ dev, license = 'none' }) => !dev && !SHIPPABLE.has(license));
    assert.deepEqual(
      others.map(({ name, license }) => `${name}: ${license}`),
      [],
    );
  });

  it('runs no code when it is installed, but for what is known', () => {
    const scripted = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
    assert.deepEqual([...new Set(scripted)].sort(), Object.keys(allowScripts).sort());
  });

  it('is pinned exactly', () => {
    const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    }
  });
});
