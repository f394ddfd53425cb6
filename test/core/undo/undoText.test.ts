import assert from 'node:assert/strict';
import type { Finding, LeftReason, UndoStep } from '../../../src/core/undo/examine.ts';
import type { UndoPlan } from '../../../src/core/undo/planUndo.ts';
import { LEFT_BECAUSE } from '../../../src/core/undo/undoer.ts';
import { undoText } from '../../../src/core/undo/undoText.ts';
import { hashOf } from './smallRun.ts';

const plan: UndoPlan = {
  runId: 'x',
  startedAt: '2026-01-01T10:00:00Z',
  units: [],
  folders: [],
  refused: [],
  onNas: [],
};
const sha256 = hashOf('one');
const move: UndoStep = { kind: 'move', from: '/s/a.jpg', to: '/i/a.jpg', sha256 };
const remove: UndoStep = { kind: 'remove', path: '/s/a.jpg', sha256 };
const possible = (steps: readonly UndoStep[], ...notes: readonly string[]): Finding => ({
  kind: 'possible',
  steps,
  notes,
});
const left = (path: string, reason: LeftReason = 'changed'): Finding => ({ kind: 'left', reason, path });
const textOf = (findings: readonly Finding[], more: Partial<UndoPlan> = {}): readonly string[] =>
  undoText({ ...plan, ...more }, findings.map((finding) => ({ source: '/i/a.jpg', finding }))).split('\n'); // prettier-ignore

describe('the preview of an undo', () => {
  it('says of which run it is, and that there is nothing to do where there is nothing', () => {
    assert.deepEqual(textOf([]), ['Undo of the run of 2026-01-01T10:00:00Z:', '  nothing to put back']);
  });

  it('counts what goes back, copies that go away, and what is back already', () => {
    const [back, copy] = [possible([move, remove]), possible([remove])];
    assert.deepEqual(textOf([back, copy, { kind: 'as-before' }, back, copy, copy, { kind: 'as-before' }]).slice(1), [
      '  2 images go back to where they were',
      '  3: copies removed, sidecars as they were',
      '  2 as before already',
    ]);
    assert.deepEqual(textOf([back]).slice(1), ['  1 image goes back to where it was']);
  });

  it('names what is left and why, and what is to be known', () => {
    assert.deepEqual(textOf([left('/s/a.jpg', 'last-copy'), possible([move], 'a note', 'another')]).slice(2), [
      '  1 left alone:',
      `    /s/a.jpg ${LEFT_BECAUSE['last-copy']}`,
      '  2 to know:',
      '    a note',
      '    another',
    ]);
  });

  it('names ten of a kind and counts the others', () => {
    const ten = Array.from({ length: 10 }, (_, n) => left(`/s/${n}.jpg`));
    const [, head, ...named] = textOf(ten);
    assert.equal(head, '  10 left alone:');
    assert.deepEqual([named.length, named.at(-1)], [10, '    /s/9.jpg was changed since']);
    const twelve = textOf([...ten, left('/s/x.jpg'), left('/s/y.jpg')]);
    assert.deepEqual(twelve.slice(-2), ['    /s/9.jpg was changed since', '    and 2 more']);
    assert.equal(twelve[1], '  12 left alone:');
  });

  it('tells what is refused, and that copies on the NAS stay', () => {
    const refused = [{ source: '/i/x.jpg', why: '/etc/passwd is not in a folder of the run' }];
    assert.deepEqual(textOf([], { refused }).slice(1), [
      '  1 refused:',
      '    /i/x.jpg: /etc/passwd is not in a folder of the run',
    ]);
    const onNas = textOf([], { onNas: ['/nas/a.jpg', '/nas/b.jpg'] }).slice(1);
    assert.equal(onNas.length, 1);
    assert.match(onNas[0] ?? '', /^ {2}2 on the NAS: the copies there stay/);
  });
});
