import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { sampleInbox } from '../services/samplePosts.ts';
import { filesBelow, Workspace } from './commandLine.ts';
import { jsonEvents } from './jsonEvents.ts';

describe('image-inbox watch', () => {
  it('processes what arrives, tells of it in JSON, and ends well at SIGTERM', async () => {
    await using workspace = await Workspace.create({
      samples: false,
      settings: { 'imageInbox.stages.analyze': false, 'imageInbox.stages.sync': false },
    });
    const args = ['watch', '--settle', '0.5', '--poll', '0.5', '--offline', '--json'];
    const { child, ended } = workspace.start(args);
    let text = '';
    child.stdout?.on('data', (data: string) => (text += data));
    const told = async (what: RegExp): Promise<void> => {
      while (!what.test(text)) {
        assert.equal(child.exitCode, null, text);
        await new Promise((r) => setTimeout(r, 50));
      }
    };
    await told(/"event":"watching"/);
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), join(workspace.inbox, 'cat 夏.jpg'));
    await told(/"event":"run-ended"/);
    assert.ok(!existsSync(join(workspace.dir, '.image-inbox/lock')), 'others may run now');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stderr);
    const events = jsonEvents('watch', stdout).map(({ event }) => event);
    assert.deepEqual([events[0], events[1], events.at(-1)], ['watching', 'arrived', 'run-ended']);
    assert.deepEqual(
      filesBelow(workspace.sorted).filter((file) => file.includes('cat 夏')).map((file) => file.replace(/.*[\\/]/, '')),
      ['cat 夏.jpg', 'cat 夏.jpg.xmp'],
    ); // prettier-ignore
  });

  it('refuses times that make no sense', async () => {
    await using workspace = await Workspace.create({ samples: false });
    for (const seconds of ['0', '-1', 'soon', '100000']) {
      const { code, stderr } = await workspace.run(['watch', '--settle', seconds]);
      assert.equal(code, 2);
      assert.match(stderr, /--settle/);
    }
  });
});
