import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { taggerFolder } from '../src/composeAnalyzer.ts';

describe('The folder of a tagger', () => {
  it('is found in a workspace whatever its name holds', () => {
    const workspace = resolve('/pictures/$& and $$');
    assert.equal(taggerFolder('${workspaceFolder}/tagger', workspace), resolve(workspace, 'tagger'));
    assert.equal(taggerFolder('tagger', workspace), resolve(workspace, 'tagger'));
  });
});
