import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SharpLookMaker } from '../../../src/adapters/image/sharpLookMaker.ts';
import { OneDecoding } from '../../../src/adapters/onnx/oneDecoding.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { never, open, sample, unavailable, withoutTime, type Opened } from './openAnalyzer.ts';

/** Counts what the real analyzer is asked to examine. */
function counted({ analyzer }: Opened): { readonly both: OneDecoding; readonly asked: string[] } {
  const asked: string[] = [];
  const both = new OneDecoding(
    {
      concurrency: analyzer.concurrency,
      examine: (path, signal) => {
        asked.push(path);
        return analyzer.examine(path, signal);
      },
      close: () => analyzer.close(),
    },
    new SharpLookMaker(),
  );
  return { both, asked };
}

describe('OneDecoding', () => {
  it('tells how a picture looks and what is on it by examining it once, whichever is asked first', async () => {
    await using opened = open({ workers: 2 });
    const { both, asked } = counted(opened);
    const names = [
      'camera/astronaut.jpg',
      'blink.gif',
      'downloads/2024 夏/ステージ ♪.avif',
      'downloads/mika_rooftop.png',
    ];
    const paths = names.map(sample);
    const [looks, analyses] = await Promise.all([
      Promise.all(paths.map((path) => both.look(path, never))),
      Promise.all(paths.map((path) => both.analyze(path, never))),
    ]);
    assert.equal(asked.length, paths.length);
    for (const [i, path] of paths.entries()) {
      assert.deepEqual(looks[i], await new SharpLookMaker().look(path), path);
      assert.deepEqual(withoutTime(analyses[i]!), withoutTime(await opened.analyzer.analyze(path, never)), path);
    }
    await both.analyze(paths[0]!, never);
    await both.look(paths[0]!, never);
    assert.equal(asked.length, paths.length + 1);
  });

  it('examines anew what another picture’s file has taken the place of, or what is asked for again', async () => {
    await using folder = await temporaryFolder();
    await using opened = open();
    const { both } = counted(opened);
    const path = join(folder.path, 'a.jpg');
    await copyFile(sample('blink.gif'), path);
    assert.equal((await both.analyze(path, never)).style, 'drawing');
    await copyFile(sample('camera/astronaut.jpg'), path);
    assert.deepEqual(await both.look(path, never), await new SharpLookMaker().look(path));
    assert.equal((await both.analyze(path, never)).style, 'photo');
  });

  it('fails for both where the picture is broken, and not any longer when it is whole', async () => {
    await using folder = await temporaryFolder();
    await using opened = open();
    const { both } = counted(opened);
    const path = join(folder.path, 'a.png');
    await writeFile(path, 'no picture');
    const broken = { name: 'ImageError', reason: 'corrupt' };
    await Promise.all([
      assert.rejects(both.look(path, never), broken),
      assert.rejects(both.analyze(path, never), broken),
    ]);
    await assert.rejects(both.analyze(path, never), broken);
    await copyFile(sample('camera/astronaut.jpg'), path);
    assert.equal((await both.analyze(path, never)).style, 'photo');
  });

  it('tells how a picture looks also where there are no models', async () => {
    await using folder = await temporaryFolder();
    await using opened = open({ modelsDir: folder.path });
    const { both } = counted(opened);
    const path = sample('camera/astronaut.jpg');
    const [look] = await Promise.all([both.look(path, never), unavailable(both.analyze(path, never))]);
    assert.deepEqual(look, await new SharpLookMaker().look(path));
  });

  it('gives up waiting when the run is stopped', async () => {
    await using opened = open();
    const { both } = counted(opened);
    const run = new AbortController();
    const work = [both.look(sample('camera/astronaut.jpg'), run.signal), both.analyze(sample('blink.gif'), run.signal)];
    const reason = new Error('the user stopped it');
    run.abort(reason);
    for (const one of work) await assert.rejects(one, (error) => error === reason);
  });
});
