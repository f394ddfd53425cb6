import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownPort } from '../adapters/support/ownPort.ts';
import { untilListening } from '../adapters/support/untilListening.ts';
import { sampleInbox } from '../services/samplePosts.ts';
import { settingsFor } from '../services/settingsFor.ts';
import { filesBelow, Workspace } from './commandLine.ts';

describe('The password of a NAS', () => {
  let workspace: Workspace;
  let server: ChildProcess;
  let port: number;
  /** as rclone takes it */
  let password: string;
  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false });
    copyFileSync(join(sampleInbox, 'blink.gif'), join(workspace.inbox, 'blink.gif'));
    port = await ownPort();
    const plain = 'a password that is used nowhere else';
    const serve = ['serve', 'sftp', workspace.nas, '--addr', `127.0.0.1:${port}`, '--user', 'u', '--pass', plain];
    server = spawn('rclone', serve, { stdio: 'ignore' });
    await untilListening(port);
    password = spawnSync('rclone', ['obscure', plain], { encoding: 'utf8' }).stdout.trim();
  });
  afterEach(async () => {
    await end();
    await workspace[Symbol.asyncDispose]();
  });

  async function end(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill();
    await gone;
  }

  for (const way of ['in its address', 'among the arguments of the program'] as const) {
    it(`is used and never told: not in a manifest, nor in our own files, nor in what is said (${way})`, async () => {
      const isInAddress = way === 'in its address';
      workspace.set({
        ...settingsFor(workspace.services),
        'imageInbox.directories.nas': `:sftp,host=127.0.0.1,port=${port},user=u${isInAddress ? `,pass=${password}` : ''}:`,
        'imageInbox.sync.options': ['--low-level-retries=1', ...(isInAddress ? [] : ['--sftp-pass', password])],
      });
      const run = async (expected: number, ...args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await workspace.run(args);
        const said = stdout + stderr;
        assert.equal(code, expected, `${args.join(' ')}: ${said}`);
        assert.ok(!said.includes(password), `${args.join(' ')}: ${said}`);
        return said;
      };
      const assertUnwritten = (): void => {
        for (const folder of [workspace.sorted, workspace.nas, join(workspace.dir, '.image-inbox')]) {
          for (const file of filesBelow(folder)) {
            assert.ok(!readFileSync(join(folder, file)).includes(password), `it stands in ${file}`);
          }
        }
      };

      await run(0, 'process', '--approve', 'all', '--json', '--verbose');
      assert.equal(workspace.manifest().images[0]?.stages['sync']?.status, 'done');
      const sorted = filesBelow(workspace.sorted).filter((file) => !file.startsWith('manifest_'));
      assert.deepEqual(filesBelow(workspace.nas), sorted);
      for (const json of [[], ['--json']]) {
        await run(0, 'process', '--dry-run', ...json);
        await run(0, 'sync', '--verbose', ...json);
        await run(0, 'status', ...json);
        await run(0, 'doctor', '--offline', '--verbose', ...json);
        await run(2, 'sync', '--set', 'sync.engine=builtin', ...json);
      }
      assertUnwritten();

      await end();
      for (const json of [[], ['--json']]) await run(5, 'sync', '--verbose', ...json);
      // an undo goes by what the manifest names
      await run(0, 'undo');
      assert.deepEqual(filesBelow(workspace.inbox), ['blink.gif']);
      await run(0, 'process', '--approve', 'all', '--verbose');
      assert.equal(workspace.manifest().images[0]?.stages['sync']?.status, 'waiting');
      assertUnwritten();
    });
  }
});
