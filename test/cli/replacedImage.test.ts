import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Moment } from '../crash/moment.ts';
import { sampleInbox } from '../services/samplePosts.ts';
import { assertAddsUp, filesBelow, sha256, Workspace } from './commandLine.ts';

const MORTAL = resolve(import.meta.dirname, '../crash/mortal.ts');
const FIRST = join(sampleInbox, 'downloads/mika_rooftop.png');
const SECOND = join(sampleInbox, 'aoi hoshino - harbor night.png');
const isReport = (file: string): boolean => /^(manifest|errors)_/.test(file);

describe('a picture that is replaced by another one while its run is cut off', () => {
  let workspace: Workspace;
  let image: string;
  let sidecar: string;
  beforeEach(async () => {
    workspace = await Workspace.create({
      samples: false,
      settings: {
        'imageInbox.stages.analyze': false,
        'imageInbox.search.providers': ['danbooru-md5'],
        'imageInbox.review.approve': 'all',
        'imageInbox.xmp.tagCase': 'booru',
      },
    });
    image = join(workspace.inbox, 'picture.png');
    sidecar = `${image}.xmp`;
    put(FIRST);
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const put = (from: string): void => {
    copyFileSync(from, image);
    utimesSync(image, 1_700_000_000, 1_700_000_000);
  };
  async function kill(where: 'before' | 'after'): Promise<void> {
    const moment: Moment = { kind: 'event', event: 'operated', nth: 1, where };
    const env = { NODE_OPTIONS: `--import=${MORTAL}`, MOMENT: JSON.stringify(moment) };
    const { code, stderr } = await workspace.run(['process'], env);
    assert.equal(code, null, stderr);
    assert.match(readFileSync(sidecar, 'utf8'), /red_hair/);
  }

  for (const [command, where] of [
    ['resume', 'after'],
    ['process', 'after'],
    // the sidecar is there, and the journal does not know
    ['resume', 'before'],
  ] as const) {
    it(`is not mixed up with it: ${command} after a kill ${where} the sidecar is reported`, async () => {
      await kill(where);
      put(SECOND);
      const preview = await workspace.run([command === 'resume' ? 'process' : command, '--dry-run']);
      assert.doesNotMatch(preview.stdout, /has a sidecar/);
      const { code, stderr } = await workspace.run([command]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(filesBelow(workspace.inbox), []);
      const [picture, said, ...others] = filesBelow(workspace.sorted).filter((file) => !isReport(file));
      assert.deepEqual(others, []);
      assert.equal(sha256(join(workspace.sorted, picture ?? '')), sha256(SECOND));
      const text = readFileSync(join(workspace.sorted, said ?? ''), 'utf8');
      assert.match(text, /blue_hair/);
      assert.doesNotMatch(text, /red_hair|mika_tachibana/);
      assertAddsUp(workspace.manifest());

      const undone = await workspace.run(['undo']);
      assert.equal(undone.code, 0, undone.stderr);
      assert.deepEqual(filesBelow(workspace.inbox), ['picture.png']);
      assert.equal(sha256(image), sha256(SECOND));
    });
  }

  it('leaves a sidecar that somebody has changed since, says so, and passes the picture over', async () => {
    await kill('after');
    appendFileSync(sidecar, '\n');
    const changed = readFileSync(sidecar, 'utf8');
    put(SECOND);
    const { code, stderr, stdout } = await workspace.run(['resume']);
    assert.equal(code, 0, stderr);
    assert.match(`${stdout}${stderr}`, /sidecar of the one before was not taken back: .* was changed since/);
    assert.equal(readFileSync(sidecar, 'utf8'), changed);
    assert.equal(sha256(image), sha256(SECOND));
  });

  it('that is gone leaves its sidecar to whoever took it', async () => {
    await kill('after');
    rmSync(image);
    const { code, stderr } = await workspace.run(['resume']);
    assert.equal(code, 0, stderr);
    assert.ok(existsSync(sidecar));
  });
});
