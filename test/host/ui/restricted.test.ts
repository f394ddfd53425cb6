import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { encodeLine } from '../../../src/adapters/files/journalLines.ts';
import { sampleInbox } from '../../services/samplePosts.ts';
import { Workbench } from '../workbench.ts';

describe('A folder that is not trusted', () => {
  const asked: string[] = [];
  const stranger = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  let workbench: Workbench;

  before(async () => {
    await new Promise<void>((listening) => stranger.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    workbench = await Workbench.open({
      name: 'ui-restricted',
      isRestricted: true,
      prepare: (folder) => {
        cpSync(sampleInbox, join(folder, 'Inbox'), { recursive: true });
        // an earlier run that whoever made the folder has made up
        const overrides = { 'danbooru.endpoint': address, 'saucenao.endpoint': address };
        const plan = { command: 'process', inbox: join(folder, 'Inbox'), sorted: join(folder, 'Sorted'), skip: [], reprocess: false, offline: false, overrides }; // prettier-ignore
        const started = { kind: 'run-started', at: '2026-01-01T00:00:00.000Z', runId: '20260101_000000_aaaa', version: '0.1.0', plan }; // prettier-ignore
        mkdirSync(join(folder, '.image-inbox/journal'), { recursive: true });
        writeFileSync(join(folder, '.image-inbox/journal/000001.ndjson'), encodeLine(JSON.stringify(started)));
        writeFileSync(join(folder, '.image-inbox/run-in-vscode'), '');
      },
    });
  });

  after(async () => {
    await workbench.close();
    stranger.close();
  });

  for (const command of ['Process Inbox', 'Resume', 'Sync to NAS', 'Undo Last Run', 'Repair Journal and Database']) {
    it(`has nothing done by what lies in it: ${command}`, async () => {
      await workbench.runCommand(`Image Inbox: ${command}`);
      const toast = workbench.toast(/Restricted Mode.*trust the folder first/);
      await toast.waitFor();
      assert.equal(await workbench.toast(/was cut off/).count(), 0, 'it is not offered to be gone on with');
      if (command === 'Resume') await workbench.screenshot('restricted');
      await toast.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
      await workbench.runCommand('Notifications: Clear All Notifications');
      assert.deepEqual(asked, []);
      assert.equal(existsSync(join(workbench.folder, 'Sorted')), false);
      assert.deepEqual(readdirSync(join(workbench.folder, '.image-inbox')).sort(), ['journal', 'run-in-vscode']);
    });
  }
});
