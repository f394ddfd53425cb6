import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImageError } from '../../../src/core/model/failure.ts';
import { AnalyzerUnavailable } from '../../../src/core/ports/imageAnalyzer.ts';
import { flag, jxlHead, noise, pngOfBlack } from '../image/specimens.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { MODELS, never, open, sample, unavailable, withoutTime, worker, WORKER, type Opened } from './openAnalyzer.ts';

describe('OnnxImageAnalyzer', () => {
  describe('on the sample pictures', () => {
    let shared: Opened;
    before(() => (shared = open()));
    after(() => shared.analyzer.close());

    for (const name of [
      'aoi hoshino - harbor night.png',
      'blink.gif',
      'downloads/linnea_moon_p0.jpg',
      'downloads/mika_rooftop.png',
      'downloads/2024 夏/librarian.webp',
      'downloads/2024 夏/ステージ ♪.avif',
      "scans/vampire's supper.tiff",
    ]) {
      it(`takes ${name} for drawn`, async () => {
        const { style, styleConfidence } = await shared.analyzer.analyze(sample(name), never);
        assert.equal(style, 'drawing');
        assert.ok(styleConfidence >= 0.7 && styleConfidence <= 1);
      });
    }

    for (const name of ['camera/IMG_2041.jpg', 'camera/astronaut.jpg', 'camera/coffee break.jpeg']) {
      it(`takes ${name} for a photograph`, async () => {
        assert.equal((await shared.analyzer.analyze(sample(name), never)).style, 'photo');
      });
    }

    it('does not take the photograph of a rocket at night, its hardest one, for drawn', async () => {
      assert.notEqual((await shared.analyzer.analyze(sample('camera/rocket at dawn.webp'), never)).style, 'drawing');
    });

    it('finds the astronaut, where she is, and nobody in the coffee cup', async () => {
      const { persons } = await shared.analyzer.analyze(sample('camera/astronaut.jpg'), never);
      assert.equal(persons.length, 1);
      const [left, top, width, height] = persons[0]!.box;
      // she fills the picture from top to bottom; at its right a model of the shuttle stands behind her
      assert.ok(left < 0.2 && top < 0.1 && left + width > 0.6 && top + height > 0.9, String(persons[0]!.box));
      assert.ok(left + width < 0.85, String(persons[0]!.box));
      assert.ok(persons[0]!.confidence > 0.5 && persons[0]!.confidence <= 1);
      assert.deepEqual((await shared.analyzer.analyze(sample('camera/coffee break.jpeg'), never)).persons, []);
    });

    it('gives size, scores of every class, and the names of the models', async () => {
      const analysis = await shared.analyzer.analyze(sample('camera/astronaut.jpg'), never);
      assert.deepEqual([analysis.width, analysis.height], [512, 512]);
      assert.deepEqual(Object.keys(analysis.scores), ['drawing', 'hentai', 'neutral', 'porn', 'sexy']);
      const sum = Object.values(analysis.scores).reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 0.001, `${sum}`);
      assert.match(analysis.model, /^classifier [0-9a-f]{8}, detector [0-9a-f]{8}$/);
      assert.ok(Number.isInteger(analysis.processingMs) && analysis.processingMs > 0);
      const { hentai = 0, porn = 0, sexy = 0 } = analysis.scores;
      assert.ok(Math.abs((analysis.suggestive ?? NaN) - (hentai + porn + sexy)) < 0.001, `${analysis.suggestive}`);
      assert.deepEqual([analysis.rating, analysis.tags, analysis.notes], [undefined, undefined, undefined]);
    });

    it('fails a broken picture alone, each with its own reason', async () => {
      await using folder = await temporaryFolder();
      const broken = {
        corrupt: (await noise(300, 200).png().toBuffer()).subarray(0, 50_000),
        empty: Buffer.alloc(0),
        'too-large': pngOfBlack(20_000, 20_000),
      };
      for (const [reason, bytes] of Object.entries(broken)) {
        const path = join(folder.path, `${reason} 絵.png`);
        await writeFile(path, bytes);
        await assert.rejects(shared.analyzer.analyze(path, never), (error) => {
          assert.ok(error instanceof ImageError, String(error));
          assert.deepEqual([error.reason, error.transient], [reason, false]);
          return true;
        });
      }
      const whole = join(folder.path, `it's "whole" 絵 🌄.png`);
      await writeFile(whole, await flag().png().toBuffer());
      assert.equal((await shared.analyzer.analyze(whole, never)).width, 90);
    });

    it('says that a format cannot be decoded, and goes on with the others', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, '絵.jxl');
      await writeFile(path, jxlHead());
      assert.match(await unavailable(shared.analyzer.analyze(path, never)), /does not read JPEG XL$/);
      assert.equal((await shared.analyzer.analyze(sample('blink.gif'), never)).style, 'drawing');
      assert.deepEqual(shared.log.lines, []);
    });
  });

  it('says the same with two threads at once as with one after the other', async () => {
    await using one = open();
    await using two = open({ workers: 2 });
    assert.deepEqual([one.analyzer.concurrency, two.analyzer.concurrency], [1, 2]);
    const names = ['blink.gif', 'camera/astronaut.jpg', 'camera/coffee break.jpeg', 'downloads/linnea_moon_p0.jpg'];
    const atOnce = await Promise.all([...names, ...names].map((name) => two.analyzer.analyze(sample(name), never)));
    for (const [i, name] of names.entries()) {
      const expected = withoutTime(await one.analyzer.analyze(sample(name), never));
      assert.deepEqual(withoutTime(atOnce[i]!), expected);
      assert.deepEqual(withoutTime(atOnce[i + names.length]!), expected);
    }
  });

  it('counts as persons only what reaches the threshold', async () => {
    await using strict = open({ personThreshold: 0.95 });
    assert.deepEqual((await strict.analyzer.analyze(sample('camera/astronaut.jpg'), never)).persons, []);
  });

  describe('when a thread dies', () => {
    it('fails the picture so that it is tried again, and analyzes the next in a new thread', async () => {
      await using opened = open({ workerFile: worker('mortalWorker.ts') });
      for (const path of ['/somewhere/poison.png', '/somewhere/poison again.png']) {
        await assert.rejects(opened.analyzer.analyze(path, never), (error) => {
          assert.ok(error instanceof ImageError, String(error));
          assert.deepEqual([error.reason, error.transient], ['model', true]);
          return true;
        });
        assert.equal((await opened.analyzer.analyze(sample('blink.gif'), never)).style, 'drawing');
      }
      assert.match(opened.log.lines.join('\n'), /died at \/somewhere\/poison\.png: exit code 7/);
    });

    it('gives up when thread after thread dies without an answer, once and for all', async () => {
      await using opened = open({ workerFile: worker('mortalWorker.ts'), workers: 2 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, () => opened.analyzer.analyze('/somewhere/poison.png', never)),
      );
      const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error) : undefined));
      assert.ok(errors.filter((error) => error instanceof ImageError).length <= 9);
      assert.ok(errors.filter((error) => error instanceof AnalyzerUnavailable).length >= 20);
      assert.match(
        await unavailable(opened.analyzer.analyze(sample('blink.gif'), never)),
        /keeps failing: exit code 7/,
      );
      assert.equal(opened.log.lines.filter((line) => line.includes('keeps failing')).length, 1);
    });
  });

  describe('when the analysis cannot be had', () => {
    /** What is said of two pictures at once and of one later, and that it is logged once. */
    async function saidOfAll(options: Parameters<typeof open>[0]): Promise<string> {
      await using opened = open({ workers: 2, ...options });
      const picture = sample('blink.gif');
      const said = await Promise.all([1, 2].map(() => unavailable(opened.analyzer.analyze(picture, never))));
      said.push(await unavailable(opened.analyzer.analyze(picture, never)));
      assert.equal(new Set(said).size, 1, said.join('\n'));
      assert.deepEqual(opened.log.lines, said.slice(0, 1));
      return said[0]!;
    }

    it('names the model that is missing', async () => {
      await using folder = await temporaryFolder();
      assert.match(await saidOfAll({ modelsDir: folder.path }), /classifier\.onnx can't be loaded: ENOENT/);
    });

    it('names the model that is damaged', async () => {
      await using folder = await temporaryFolder();
      await copyFile(join(MODELS, 'classifier.onnx'), join(folder.path, 'classifier.onnx'));
      await writeFile(join(folder.path, 'detector.onnx'), 'half a download');
      assert.match(await saidOfAll({ modelsDir: folder.path }), /detector\.onnx can't be loaded: \S/);
    });

    it('does not take one model for the other', async () => {
      await using folder = await temporaryFolder();
      await mkdir(join(folder.path, '模型'));
      for (const name of ['classifier.onnx', 'detector.onnx']) {
        await copyFile(join(MODELS, 'detector.onnx'), join(folder.path, '模型', name));
      }
      assert.match(await saidOfAll({ modelsDir: join(folder.path, '模型') }), /classifier\.onnx is not the one/);
    });

    it('says that onnxruntime cannot be loaded, in one line', async () => {
      const workerFile = worker('withoutRuntime.ts');
      const said = await saidOfAll({ workerFile });
      assert.equal(
        said,
        "Pictures can't be analyzed on this machine: onnxruntime-node.node: cannot open shared object file",
      );
    });

    it('says that sharp cannot be loaded, in one line', async () => {
      await using opened = open({ workerFile: worker('withoutSharp.ts') });
      assert.equal(
        await unavailable(opened.analyzer.analyze(sample('blink.gif'), never)),
        "Pictures can't be decoded on this machine: sharp.node: cannot open shared object file",
      );
    });

    it('says that the thread cannot be started', async () => {
      assert.match(
        await saidOfAll({ workerFile: worker('no such worker.js') }),
        /can't be started: .*no such worker\.js/,
      );
    });
  });

  it('lets go of a picture at once when the run is stopped, waiting or under way, and then goes on', async () => {
    await using opened = open();
    const run = new AbortController();
    const stopped = [1, 2, 3].map(() => opened.analyzer.analyze(sample('camera/astronaut.jpg'), run.signal));
    const reason = new Error('the user stopped it');
    run.abort(reason);
    for (const work of [...stopped, opened.analyzer.analyze(sample('blink.gif'), run.signal)]) {
      await assert.rejects(work, (error) => error === reason);
    }
    assert.equal((await opened.analyzer.analyze(sample('blink.gif'), never)).style, 'drawing');
  });

  it('takes nothing more after it was closed', async () => {
    const { analyzer } = open();
    await analyzer.analyze(sample('blink.gif'), never);
    const underWay = assert.rejects(analyzer.analyze(sample('blink.gif'), never), /closed/);
    await analyzer.close();
    await underWay;
    await assert.rejects(analyzer.analyze(sample('blink.gif'), never), /closed/);
    await analyzer.close();
  });

  describe('on a device', () => {
    const picture = sample('camera/astronaut.jpg');

    it('uses the graphics card that is there', async () => {
      await using opened = open({ workerFile: worker('graphicsWork.ts'), device: 'gpu' });
      assert.equal((await opened.analyzer.analyze(picture, never)).style, 'photo');
      assert.deepEqual(opened.log.lines, []);
    });

    it('goes on with the processor when the graphics card fails at the first picture, and says so once', async () => {
      await using opened = open({ workerFile: worker('graphicsFail.ts'), device: 'auto', workers: 2 });
      const styles = await Promise.all([1, 2, 3].map(() => opened.analyzer.analyze(picture, never)));
      assert.deepEqual(
        styles.map(({ style }) => style),
        ['photo', 'photo', 'photo'],
      );
      assert.deepEqual(opened.log.lines, [
        'The models run on the processor, for no graphics card does (dml: device removed).',
      ]);
    });

    it('does without when the graphics card alone was asked for and fails', async () => {
      await using opened = open({ workerFile: worker('graphicsFail.ts'), device: 'gpu' });
      assert.equal(
        await unavailable(opened.analyzer.analyze(picture, never)),
        'No graphics card can run the models (dml: device removed).',
      );
    });

    it('says the same on the real runtime, whatever it finds, as on the processor', async () => {
      await using auto = open({ device: 'auto' });
      await using cpu = open({ device: 'cpu' });
      const [one, other] = await Promise.all([
        auto.analyzer.analyze(picture, never),
        cpu.analyzer.analyze(picture, never),
      ]);
      assert.deepEqual([one.style, one.persons.length], [other.style, other.persons.length]);
      assert.deepEqual(cpu.log.lines, []);
    });
  });

  describe('in a program', () => {
    const run = promisify(execFile);
    const program = (ending: string) =>
      run(process.execPath, [worker('useAnalyzer.ts'), ending, WORKER, MODELS, sample('camera/astronaut.jpg')]);

    it('does not keep it running when nobody closes it', async () => {
      const { stdout, stderr } = await program('forget');
      assert.deepEqual([stdout, stderr], ['photo\n', '']);
    });

    it('leaves it its exit code when it exits in the middle of an inference', async () => {
      // without the gate most of these abort; a few are lucky
      for (let times = 0; times < 3; times++) {
        await assert.rejects(program('exit'), { code: 3, signal: null, stderr: '', stdout: 'photo\n' });
      }
    });

    it('does not bring it down when it is closed in the middle of an inference', async () => {
      const { stdout, stderr } = await program('close');
      assert.deepEqual([stdout, stderr], [`photo\n${'closed at work\n'.repeat(4)}`, '']);
    });
  });
});
