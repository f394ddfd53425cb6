import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sampleInbox } from '../../services/samplePosts.ts';
import { assertAddsUp, contents, filesBelow, Workspace } from '../../cli/commandLine.ts';
import { Sitting } from '../../core/pipeline/sitting.ts';
import { Tmux } from '../tmux.ts';

const PICTURES = [
  'aoi hoshino - harbor night.png',
  'blink.gif',
  'downloads/2024 夏/librarian.webp',
  'downloads/mika_rooftop.png',
  "scans/vampire's supper.tiff",
  '夕焼けの湖 🌄.webp',
];

/** Six images that wait, with tags that IQDB found. */
async function waiting(settings: object = {}): Promise<Workspace> {
  const workspace = await Workspace.create({
    samples: false,
    settings: {
      'imageInbox.stages.analyze': false,
      'imageInbox.search.providers': ['iqdb'],
      'imageInbox.directories.nas': '',
      ...settings,
    },
  });
  for (const name of PICTURES) copyFileSync(join(sampleInbox, name), join(workspace.inbox, basename(name)));
  const { composition } = await Sitting.begin(workspace);
  const report = await composition.engine.run({ command: 'process' }, new AbortController().signal);
  assert.equal(report?.statistics.awaitingReview, PICTURES.length);
  return workspace;
}

const decisions = (workspace: Workspace): Record<string, unknown> =>
  Object.fromEntries(
    workspace.manifest().images.map(({ source, stages }) => [basename(source), stages['review']?.['decision']]),
  );

describe('image-inbox review, in a terminal', () => {
  let workspace: Workspace;
  let originals: Map<string, number>;
  let tmux: Tmux | undefined;
  beforeEach(async () => {
    workspace = await waiting();
    originals = contents(workspace.inbox);
  });
  afterEach(async () => {
    await tmux?.close();
    tmux = undefined;
    await workspace[Symbol.asyncDispose]();
  });

  it('does what each key says, at 80 x 24', async () => {
    tmux = await Tmux.start(workspace.dir, 'review');
    await tmux.until(/category +Anime/);
    const first = await tmux.until(/▀▀▀▀/);
    assert.match(first, /^aoi hoshino - harbor night\.png +1 of 6, 6 left/);
    assert.match(first, /match +iqdb, \d+ % alike/);
    assert.match(first, /https:\/\/danbooru\.donmai\.us\/posts?\/\S*99100001/);
    assert.match(first, /general \(iqdb\)/);
    assert.match(first, /↓ \d+ more lines?/);
    assert.match(first, /1 a approve/);

    await tmux.press('Down', 'Down', 'Down', 'Down', 'Down', 'Down');
    await tmux.until(/lowres/);
    await tmux.press('Up', 'Up', 'Up', 'Up', 'Up', 'Up');
    await tmux.until(/match +iqdb/);

    // browsing: to the right, around the end to the left, and skipping
    await tmux.press('Right');
    await tmux.until(/2 of 6, 6 left/);
    await tmux.press('Left', 'Left');
    await tmux.until(/6 of 6, 6 left/);
    await tmux.press('s');
    await tmux.until(/1 of 6, 6 left/);
    await tmux.press('4');
    await tmux.until(/2 of 6, 6 left/);
    await tmux.press('Left');
    await tmux.until(/1 of 6, 6 left/);

    // edit: a tag completed from those seen, one taken away, one of another kind, one with spaces
    await tmux.press('e');
    await tmux.until(/Tag to add or to take away/);
    await tmux.type('paw_print');
    await tmux.until(/paw_print +paw_print_background/);
    await tmux.press('Tab', 'Tab');
    await tmux.until(/: paw_print_background/);
    await tmux.press('Enter');
    await tmux.until(/\+paw_print_background/);
    await tmux.type('harbor');
    await tmux.press('Enter');
    await tmux.until(/-harbor/);
    await tmux.type('artist:Someone New');
    await tmux.press('Enter', 'Enter');
    await tmux.until(/1 a approve/);

    // category, with completion from those that there are
    await tmux.press('c');
    await tmux.until(/Category:/);
    await tmux.type('Photos/O');
    await tmux.press('Tab', 'Enter');
    await tmux.until(/Photos\/Other \(you chose it\)/);
    await tmux.press('1');
    await tmux.until(/edited and approved: aoi hoshino - harbor night\.png/);
    await tmux.until(/2 of 6, 5 left/);

    await tmux.press('r');
    await tmux.until(/rejected: blink\.gif/);
    await tmux.press('8');
    await tmux.until(/2 of 6, 5 left[^]*Taken back\./);
    await tmux.press('Enter');
    await tmux.until(/approved: blink\.gif/);
    await tmux.press('3');
    await tmux.until(/rejected: librarian\.webp/);

    // above a threshold: the count first, and no is no
    await tmux.press('t');
    await tmux.until(/so many percent: 90/);
    await tmux.press('C-u');
    await tmux.type('101');
    await tmux.press('Enter');
    await tmux.until(/"101" is no number from 0 to 100/);
    await tmux.press('7', 'C-u');
    await tmux.type('80');
    await tmux.press('Enter');
    await tmux.until(/Approve all 3 images that are 80 % sure or more\? \[y\/N\]/);
    await tmux.press('n', 'Enter');
    await tmux.until(/4 of 6, 3 left/);

    await tmux.press('6');
    await tmux.until(/Approve all 3 images that are left\? \[y\/N\]/);
    await tmux.press('Escape');
    await tmux.until(/1 a approve/);
    await tmux.press('A', 'y', 'Enter');
    await tmux.until(/Nothing waits for a decision/);
    await tmux.press('q');
    assert.equal(await tmux.code(), 0);
    await tmux.until(/ended with 0/);

    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    assert.deepEqual(decisions(workspace), {
      'aoi hoshino - harbor night.png': 'edited',
      'blink.gif': 'approved',
      'librarian.webp': 'rejected',
      'mika_rooftop.png': 'approved',
      "vampire's supper.tiff": 'approved',
      '夕焼けの湖 🌄.webp': 'approved',
    });
    const edited = manifest.images.find(({ source }) => source.includes('aoi hoshino'));
    assert.equal(edited?.category, 'Photos/Other');
    const { general, artist } = edited.stages['review']?.['tags'] as Record<string, string[]>;
    assert.ok(general?.includes('paw_print_background') && !general.includes('harbor'));
    assert.ok(artist?.includes('Someone New'));
    assert.match(readFileSync(`${edited.destination}.xmp`, 'utf8'), /paw_print_background/);
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), originals);
    assert.equal(filesBelow(workspace.sorted).filter((name) => name.startsWith('manifest_')).length, 2);
  });

  it('suggests by what the person chose a moment ago, and no longer when that was taken back', async () => {
    await using own = await waiting({ 'imageInbox.learning.minConfidence': 0.1 });
    tmux = await Tmux.start(own.dir, 'review');
    await tmux.until(/1 of 6, 6 left[^]*category +Anime/);
    await tmux.press('c');
    await tmux.until(/Category:/);
    await tmux.type('Favourites');
    await tmux.press('Enter', 'a');
    await tmux.until(/2 of 6, 5 left[^]*category +Favourites/);
    await tmux.press('u');
    await tmux.until(/1 of 6, 6 left[^]*Taken back\./);
    await tmux.press('Right');
    await tmux.until(/2 of 6, 6 left[^]*category +Anime/);
    await tmux.press('q');
    assert.equal(await tmux.code(), 0);
  });

  it('fits into 200 x 60 and follows the window, to one that is too small and back', async () => {
    tmux = await Tmux.start(workspace.dir, 'review', { columns: 200, rows: 60 });
    const large = await tmux.until(/category +Anime/);
    assert.match(large, /inkwell_otter/, 'all of it is seen');
    assert.match(large, /9 q quit +← → browse/, 'the keys on one line');
    await tmux.resize(80, 24);
    const small = await tmux.until(/↓ \d+ more/);
    for (const line of small.split('\n')) assert.ok(line.length <= 80, line);
    await tmux.press('e');
    await tmux.type('half');
    await tmux.resize(30, 10);
    await tmux.until(/too small/);
    await tmux.resize(100, 30);
    await tmux.until(/Tag to add[^]*: half/);
    await tmux.press('Escape');
    await tmux.until(/1 a approve/);
    await tmux.press('q');
    assert.equal(await tmux.code(), 0);
    const end = await tmux.until(/ended with 0/);
    assert.match(end, /6 images wait still\. Go on with: image-inbox review/);
    assert.ok(!end.includes('▀'), 'the screen is as before');
  });

  it('stops at Ctrl-C with exit code 3, loses no decision, and goes on where it was', async () => {
    tmux = await Tmux.start(workspace.dir, 'review');
    await tmux.until(/1 of 6, 6 left/);
    await tmux.press('a');
    await tmux.until(/2 of 6, 5 left/);
    await tmux.press('C-c');
    assert.equal(await tmux.code(), 3);
    await tmux.close();

    tmux = await Tmux.start(workspace.dir, 'review', { env: 'NO_COLOR=1' });
    const again = await tmux.until(/1 of 5, 5 left/);
    assert.ok(!again.includes('▀'), 'no picture where no colour is wanted');
    // eslint-disable-next-line no-control-regex -- colours are escape sequences
    assert.doesNotMatch(await tmux.screen(true), /\u001b\[(3|4|9)\d/);
    await tmux.press('C-d');
    assert.equal(await tmux.code(), 0);
    const { processed } = workspace.manifest().statistics;
    assert.equal(processed, 1);
  });

  it('keeps what was decided when its terminal is taken away', async () => {
    tmux = await Tmux.start(workspace.dir, 'review');
    await tmux.until(/1 of 6, 6 left/);
    await tmux.press('a');
    await tmux.until(/2 of 6, 5 left/);
    await tmux.close();
    const resumed = await resume(workspace);
    assert.equal(resumed, 0);
    assert.equal(existsSync(join(workspace.inbox, 'aoi hoshino - harbor night.png')), false);
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), originals);
    assert.deepEqual(readdirSync(join(workspace.dir, '.image-inbox/decisions')), []);
  });

  it('says where it can’t be: not in a pipe', async () => {
    const { code, stdout, stderr } = await workspace.run(['review']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /needs a terminal/);
    assert.match(stderr, /image-inbox resume --approve all/);
  });
});

/** As soon as the lock is free: the process whose terminal is gone may be about to end. */
async function resume(workspace: Workspace): Promise<number | null> {
  for (;;) {
    const { code } = await workspace.run(['resume']);
    if (code !== 4) return code;
  }
}
