import assert from 'node:assert/strict';
import { forNotification, oneLine } from '../../src/vscode/plainText.ts';

describe('A name from outside', () => {
  it('stays on one line, and cannot turn the text around it', () => {
    assert.equal(oneLine('two\nlines\u202egnp.exe\u0007'), 'two\ufffdlines\ufffdgnp.exe\ufffd');
    assert.equal(oneLine('夕焼けの湖 🌄 <b>'), '夕焼けの湖 🌄 <b>');
  });

  it('makes no link in a notification', () => {
    assert.doesNotMatch(forNotification('[click](command:workbench.action.quit).png'), /\]\(/);
  });
});
