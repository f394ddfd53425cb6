import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, contents, filesBelow, type Ended } from '../../cli/commandLine.ts';
import { loadSamplePosts, sampleInbox } from '../../services/samplePosts.ts';
import { unlimited } from '../../services/saucenao.ts';
import { startServices, type Services } from '../../services/start.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

describe('VS Code beside the command line, in one workspace', () => {
  let services: Services;
  let workbench: Workbench;
  /** how often each original is there */
  let before: Map<string, number>;

  beforeEach(async () => {
    services = await startServices(await loadSamplePosts(), { saucenao: { limits: unlimited } });
    // whoever comes first is held up by it
    services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    workbench = await Workbench.open({
      name: 'ui-beside',
      prepare: (folder) => {
        cpSync(sampleInbox, join(folder, 'Inbox'), { recursive: true });
        mkdirSync(join(folder, 'NAS'));
        mkdirSync(join(folder, '.vscode'));
        const settings = {
          'imageInbox.search.providers': ['danbooru-md5'],
          'imageInbox.danbooru.endpoint': services.danbooru.url,
          'imageInbox.danbooru.secondsBetween': 0,
          'imageInbox.stages.analyze': false,
          'imageInbox.review.approve': 'all',
          'imageInbox.directories.nas': '${workspaceFolder}/NAS',
        };
        writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
        before = contents(join(folder, 'Inbox'));
      },
    });
  });
  afterEach(async () => {
    await workbench.close();
    await services.close();
  });

  const inbox = (): string => join(workbench.folder, 'Inbox');
  const sorted = (): string => join(workbench.folder, 'Sorted');
  const lock = (): string => join(workbench.folder, '.image-inbox/lock');

  function inTerminal(command: string): { readonly pid: number | undefined; readonly ended: Promise<Ended> } {
    const child = spawn(process.execPath, [CLI, command, '--workspace', workbench.folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, stdout, stderr })));
    return { pid: child.pid, ended };
  }
  const goOn = (): void => {
    services.danbooru.setFaults([]);
    services.danbooru.release();
  };
  const asks = () => until('it asks the service', () => services.danbooru.requests.length > 0);

  /** Every picture is sorted once, with its sidecar; the duplicate of one is where it was. */
  const isWhole = (): void => {
    assert.deepEqual(contents(inbox(), sorted()), before);
    const images = filesBelow(sorted()).filter((file) => !/\.xmp$|^(manifest|errors)_/.test(file));
    assert.equal(images.length, before.size);
    for (const image of images) assert.ok(existsSync(join(sorted(), `${image}.xmp`)), image);
    assert.equal(existsSync(lock()), false);
  };

  it('a run in a terminal is told that VS Code is at work, touches nothing, and VS Code goes on', async () => {
    await workbench.openContainer('Image Inbox');
    await workbench.runCommand('Image Inbox: Process Inbox');
    await asks();
    for (const command of ['process', 'resume', 'sync']) {
      const { code, stderr } = await inTerminal(command).ended;
      assert.equal(code, 4, `${command}: ${stderr}`);
      assert.match(stderr, /Another run \(process, process \d+\) .* Wait until it has ended, or stop it\./);
    }
    assert.deepEqual(contents(inbox()), before);
    goOn();
    await workbench.toast(/13 of 14 images are processed/).waitFor();
    isWhole();
  });

  it('VS Code is told which process of a terminal is at work, and it goes on to its end', async () => {
    const { pid, ended } = inTerminal('process');
    await asks();
    await workbench.openContainer('Image Inbox');
    await workbench.runCommand('Image Inbox: Process Inbox');
    await workbench.toast(new RegExp(`Another run \\(process, process ${pid}\\)`)).waitFor();
    await workbench
      .statusBarItem(/Image Inbox: at work in another window/)
      .first()
      .waitFor();
    assert.deepEqual(contents(inbox()), before);
    goOn();
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    isWhole();
    await workbench.runCommand('Image Inbox: Process Inbox');
    await workbench.toast(/0 of \d+ images? (is|are) processed|nothing/i).waitFor();
    isWhole();
  });
});
