import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(ROOT, file), 'utf8');

describe('docs/security.md', () => {
  it('names tests that there are', () => {
    let named = 0;
    for (const line of read('docs/security.md')
      .split('\n')
      .filter((text) => text.startsWith('| '))) {
      for (const [, file = '', titles = ''] of line.matchAll(/`(test\/[^`]+\.test\.ts)` ((?:"[^"]+"(?:, )?)+)/g)) {
        const source = read(file).replaceAll('\\', '');
        for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) {
          named++;
          assert.ok(source.includes(title), `${file} has no test "${title}"`);
        }
      }
    }
    assert.ok(named > 20, `only ${named} tests are named`);
  });
});
