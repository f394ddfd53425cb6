import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Workspace } from '../cli/commandLine.ts';
import { STAGE_IDS } from '../../src/core/model/stageId.ts';
import { Tmux } from './tmux.ts';

const BARS = [...STAGE_IDS.map((id, i) => `${i + 1} ${id} `), 'overall '];

const linesWith = (text: string, beginning: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(beginning));

describe('A run in a terminal', () => {
  let workspace: Workspace;
  let tmux: Tmux | undefined;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(async () => {
    await tmux?.close();
    await workspace[Symbol.asyncDispose]();
  });

  it('shows a bar for each stage and one overall, and above them in full what has happened', async () => {
    tmux = await Tmux.start(workspace.dir, 'process --approve all --skip analyze,sync');
    assert.equal(await tmux.code(), 1);
    await tmux.until(/ended with 1/);
    const said = await tmux.everything();
    for (const bar of BARS) {
      const [line, ...others] = linesWith(said, bar);
      assert.match(line ?? said, /█+ 14\/14 .*0:00 left/);
      assert.deepEqual(others, [], 'no bar is left behind as they move down');
    }
    // longer than a line of the terminal
    const twin = join(workspace.inbox, 'downloads/aoi hoshino - harbor night (1).png');
    const first = join(workspace.inbox, 'aoi hoshino - harbor night.png');
    assert.ok(said.split(/ *\n/).includes(`skipped ${twin}: duplicate: the same bytes as ${first}`), said);
    const broken = join(workspace.inbox, 'downloads/broken download.png');
    assert.ok(said.includes(`failed ${broken} \n  stage `), said);
    assert.ok(said.indexOf(`failed ${broken}`) < said.indexOf('\n1 scan '), 'it stands above the bars');
    assert.ok(said.indexOf('\n1 scan ') < said.indexOf('\n  processed '), 'the summary stands below them');
    assert.deepEqual(await tmux.modes(), { cursor: true, wrap: true });
  });

  it('leaves the terminal when it can’t go on, also of a watch', async () => {
    // no Perl for ExifTool, which is found out when the bars are there
    const watch = 'watch --settle 0.2 --poll 0.2 --offline --skip analyze,sync';
    tmux = await Tmux.start(workspace.dir, watch, { env: 'PATH=/nowhere' });
    assert.equal(await tmux.code(), 5);
    await tmux.until(/ended with 5/);
    assert.match(await tmux.everything(), /error: ExifTool, which writes the sidecars, needs Perl/);
    assert.deepEqual(await tmux.modes(), { cursor: true, wrap: true });
  });

  it('gives the terminal back, too, each time that a watch comes upon the same trouble', async () => {
    // a folder where a file of its own should be, which is found out when the bars are there
    mkdirSync(join(workspace.dir, '.image-inbox/iqdb.json'), { recursive: true });
    tmux = await Tmux.start(workspace.dir, 'watch --settle 0.2 --poll 0.2 --skip analyze,sync', { rows: 60 });
    await tmux.until(/This is tried again by itself\.[^]*Going on with what was unfinished/);
    while (!(await tmux.modes()).cursor) await sleep(50);
    await tmux.press('C-c');
    assert.ok([0, 3].includes(await tmux.code()));
    assert.deepEqual(await tmux.modes(), { cursor: true, wrap: true });
  });

  it('stops as at any other signal when the terminal is closed', async () => {
    workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    tmux = await Tmux.start(workspace.dir, 'process');
    while (workspace.services.danbooru.requests.length === 0) await sleep(50);
    const lock = join(workspace.dir, '.image-inbox/lock');
    const { pid } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number };
    await tmux.close();
    while (isAlive(pid)) await sleep(50);
    assert.equal(workspace.manifest().outcome, 'interrupted');
    assert.equal(existsSync(lock), false);
  });

  it('has no bars with --quiet, and no colours with NO_COLOR', async () => {
    tmux = await Tmux.start(workspace.dir, 'process --offline --skip analyze,sync --quiet', { env: 'NO_COLOR=1' });
    await tmux.until(/ended with 0/);
    const said = await tmux.everything();
    for (const bar of BARS) assert.deepEqual(linesWith(said, bar), []);
    // eslint-disable-next-line no-control-regex -- what a colour begins with
    assert.doesNotMatch(await tmux.screen(true), /\u001b\[[0-9;]*m/);
  });

  it('gives the terminal back as it was, also when it is ended at once', async () => {
    workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    tmux = await Tmux.start(workspace.dir, 'process --skip analyze,sync');
    await tmux.until(/2 search .* [0-9]\/14/);
    assert.deepEqual(await tmux.modes(), { cursor: false, wrap: false });
    await tmux.press('C-c');
    // the second within a moment would be taken for the same
    await new Promise((r) => setTimeout(r, 400));
    await tmux.press('C-c');
    assert.equal(await tmux.code(), 3);
    await tmux.until(/ended with 3/);
    assert.deepEqual(await tmux.modes(), { cursor: true, wrap: true });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
