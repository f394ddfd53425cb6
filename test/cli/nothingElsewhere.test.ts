import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from './commandLine.ts';

describe('a run', () => {
  it('leaves nothing in the user’s own folders, nor among temporary files', async () => {
    await using workspace = await Workspace.create();
    const [home, temporary] = [join(workspace.dir, 'home'), join(workspace.dir, 'tmp')];
    for (const folder of [home, temporary]) mkdirSync(folder);
    const places = { HOME: home, USERPROFILE: home, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const defaults = { XDG_CACHE_HOME: '', XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', ORT_DISABLE_TELEMETRY: undefined };
    await workspace.run(['process', '--approve', 'all'], { ...places, ...defaults });
    assert.ok(workspace.manifest().images.some(({ stages }) => stages['analyze']?.status === 'done'));
    for (const folder of [home, temporary]) assert.deepEqual(readdirSync(folder, { recursive: true }), []);
  });
});
