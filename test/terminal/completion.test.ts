import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../cli/commandLine.ts';

const script = (shell: string): string =>
  execFileSync(process.execPath, [join(ROOT, 'dist/cli.js'), 'completion', shell], { encoding: 'utf8' });

describe('Shell completion', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'completion '));
    for (const shell of ['bash', 'fish']) writeFileSync(join(dir, shell), script(shell));
    writeFileSync(join(dir, '_image_inbox'), script('zsh'));
  });
  after(() => rmSync(dir, { recursive: true }));

  const bash = (...words: string[]): string[] =>
    execFileSync(
      'bash',
      ['-c', 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _image_inbox 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"', 'bash', join(dir, 'bash'), ...words],
      { encoding: 'utf8' },
    ).split('\n').filter(Boolean).map((word) => word.trim()); // prettier-ignore

  const fish = (line: string): string[] =>
    execFileSync('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', join(dir, 'fish'), line], {
      encoding: 'utf8',
      env: { ...process.env, HOME: dir },
    })
      .split('\n')
      .filter(Boolean)
      .map((word) => word.split('\t')[0] ?? '');

  it('offers commands, options and what they take, in bash', () => {
    assert.deepEqual(bash('image-inbox', 're'), ['resume', 'review']);
    assert.deepEqual(bash('image-inbox', 'process', '--app'), ['--approve']);
    assert.deepEqual(bash('image-inbox', 'process', '--approve', ''), ['none', 'high-confidence', 'all']);
    assert.deepEqual(bash('image-inbox', 'process', '--from', 's'), ['scan', 'search', 'sync']);
    assert.deepEqual(bash('image-inbox', 'preferences', ''), ['stats', 'export', 'import', 'reset']);
    assert.deepEqual(bash('image-inbox', 'preferences', 'import', '--re'), ['--replace']);
    assert.ok(bash('image-inbox', 'status', '--set', 'workflow.').includes('workflow.batchSize='));
    assert.deepEqual(bash('image-inbox', 'completion', 'z'), ['zsh']);
  });

  it('offers the same in fish', () => {
    assert.deepEqual(fish('image-inbox re').sort(), ['resume', 'review']);
    assert.deepEqual(fish('image-inbox process --app'), ['--approve']);
    assert.deepEqual(fish('image-inbox process --approve ').sort(), ['all', 'high-confidence', 'none']);
    assert.deepEqual(fish('image-inbox preferences ').sort(), ['export', 'import', 'reset', 'stats']);
    assert.deepEqual(fish('image-inbox preferences import --re'), ['--replace']);
    assert.deepEqual(fish('image-inbox completion z'), ['zsh']);
  });

  it('is read by zsh as it is', () => {
    const checked = execFileSync(
      'zsh',
      ['-f', '-c', 'fpath=($1 $fpath); autoload -Uz compinit; compinit -u -d $1/dump; autoload +X _image_inbox && print -r -- $_comps[image-inbox]', 'zsh', dir],
      { encoding: 'utf8' },
    ); // prettier-ignore
    assert.equal(checked.trim(), '_image_inbox');
  });

  it('says which shells there are', () => {
    assert.throws(() => execFileSync(process.execPath, [join(ROOT, 'dist/cli.js'), 'completion', 'dos'], { stdio: 'pipe' }), (error: { status: number; stderr: Buffer }) => error.status === 2 && error.stderr.toString().includes("bash, zsh, fish")); // prettier-ignore
  });
});
