import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { reopened } from '../../../src/core/journal/fold.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { FOLDER_IS_READ_ONLY } from '../../../src/core/stages/xmp.ts';
import { filesBelow } from '../../cli/commandLine.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { onDrive } from '../pipeline/onDrive.ts';
import { resultOfSorting, SmallInbox } from './smallInbox.ts';

const START = '1970-01-01T00:00:00.000Z';

const CALLS = [
  'stat',
  'hash',
  'isWritable',
  'makeFolder',
  'move',
  'copy',
  'linkOrCopy',
  'removeDouble',
  'removeIfSame',
] as const;

/**
 * The n-th call fails, before or after it has done its work; from then on all of them where the trouble lasts. Or their disk is
 * gone then, and nothing is there any more until it comes back.
 */
interface Trouble {
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly lasts: boolean | 'inbox gone' | 'sorted gone' | 'both gone';
}

/** Files on a disk that fails. @param unmount takes it away */
function failing(
  trouble: Trouble,
  unmount = (): void => undefined,
): { readonly files: NodeFiles; readonly calls: () => number } {
  let calls = 0;
  const files = new NodeFiles();
  const methods = files as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of CALLS) {
    const real = methods[name]?.bind(files);
    if (!real) throw new Error(`there is no ${name}`);
    methods[name] = async (...args) => {
      const isHit = ++calls === trouble.nth || (trouble.lasts === true && calls > trouble.nth);
      const fail = (): never => {
        if (typeof trouble.lasts === 'string') unmount();
        throw new ImageError('not-writable', `${name} fails`);
      };
      if (isHit && trouble.when === 'before') fail();
      const result = await real(...args);
      return isHit ? fail() : result;
    };
  }
  return { files, calls: () => calls };
}

describe('the stage categorize', () => {
  for (const transfer of ['move', 'copy'] as const) {
    it(`finishes what an error has cut off, wherever that came (${transfer})`, async () => {
      for (const lasts of [false, true, 'inbox gone', 'sorted gone', 'both gone'] as const) {
        for (const when of ['before', 'after'] as const) {
          let isReached = true;
          for (let nth = 1; isReached; nth++) isReached = await failAndGoOn(transfer, { nth, when, lasts });
        }
      }
    });
  }

  it('makes another plan where the folder of the first one could not be made', async () => {
    await using inbox = await SmallInbox.create();
    writeFileSync(inbox.sorted, 'a file where the sorted folder should be');
    let state = await inbox.attempt(inbox.found());
    const { outcome } = state.stages.categorize ?? {};
    assert.ok(outcome?.kind === 'failed' && outcome.unfinished === undefined);
    assert.equal(state.intent, undefined);
    rmSync(inbox.sorted);
    state = await inbox.attempt(reopened(state), { category: 'Elsewhere' });
    assert.equal(resultOfSorting(state).destination, join(inbox.sorted, 'Elsewhere/a.jpg'));
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('makes another plan where nothing of the first one stands, and another file has taken its name', async () => {
    await using inbox = await SmallInbox.create();
    let state = await inbox.attempt(inbox.found(), {
      onIntent: () => inbox.write(join(inbox.sorted, 'Art/a.jpg'), 'another picture'),
    });
    assert.equal(state.stages.categorize?.outcome.kind, 'failed');
    state = await inbox.attempt(reopened(state));
    assert.equal(state.stages.categorize?.outcome.kind, 'done');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a (2).jpg', 'Art/a (2).jpg.xmp', 'Art/a.jpg']);
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('leaves the sidecar with an image that was changed at its destination before its move was gone on with', async () => {
    await using inbox = await SmallInbox.create();
    const cutOff = new NodeFiles();
    cutOff.removeDouble = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    const state = await inbox.attempt(inbox.found(), { files: cutOff });
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
    writeFileSync(join(inbox.sorted, 'Art/a.jpg'), 'a picture, painted over');
    const after = await inbox.attempt(reopened(state));
    assert.equal(after.intent, undefined, 'nothing is left to do for it');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
    assert.equal(readFileSync(join(inbox.sorted, 'Art/a.jpg'), 'utf8'), 'a picture, painted over');
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('leaves a sidecar that another program has changed at its destination before its move was gone on with', async () => {
    await using inbox = await SmallInbox.create();
    const cutOff = new NodeFiles();
    cutOff.removeDouble = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    const state = await inbox.attempt(inbox.found(), { files: cutOff });
    const [here, there] = [join(inbox.inbox, 'a.jpg.xmp'), join(inbox.sorted, 'Art/a.jpg.xmp')];
    // as most programs save: a new file under the old name
    inbox.write(`${there} new`, '<rated by another program/>');
    renameSync(`${there} new`, there);
    const after = await inbox.attempt(reopened(state));
    assert.equal(resultOfSorting(after).destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
    assert.equal(inbox.read('Art/a.jpg.xmp'), '<rated by another program/>');
    assert.deepEqual(filesBelow(inbox.inbox), [], 'the one that was on its way there has nothing more to say');
    assert.ok(inbox.warnings[0]?.includes(there) && !inbox.warnings[0].includes(here), inbox.warnings[0]);
  });

  it('leaves both sidecars when each was changed before the move was gone on with', async () => {
    await using inbox = await SmallInbox.create();
    const cutOff = new NodeFiles();
    cutOff.removeDouble = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    const state = await inbox.attempt(inbox.found(), { files: cutOff });
    const [here, there] = [join(inbox.inbox, 'a.jpg.xmp'), join(inbox.sorted, 'Art/a.jpg.xmp')];
    for (const [path, text] of [[here, '<edited here/>'], [there, '<edited there/>']] as const) {
      inbox.write(`${path} new`, text);
      renameSync(`${path} new`, path);
    } // prettier-ignore
    const after = await inbox.attempt(reopened(state));
    assert.equal(resultOfSorting(after).destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.equal(inbox.read('Art/a.jpg.xmp'), '<edited there/>');
    assert.equal(readFileSync(here, 'utf8'), '<edited here/>');
    assert.ok(inbox.warnings[0]?.includes(there) && inbox.warnings[0].includes(here), inbox.warnings[0]);
  });

  it('keeps its plan while the drive is gone to which the image has been moved', async () => {
    await using inbox = await SmallInbox.create();
    const cutOff = new NodeFiles();
    cutOff.removeDouble = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    let state = await inbox.attempt(inbox.found(), { files: cutOff });
    renameSync(inbox.sorted, `${inbox.sorted} away`);
    for (let n = 0; n < 2; n++) {
      state = await inbox.attempt(reopened(state));
      const outcome = state.stages.categorize?.outcome;
      assert.ok(outcome?.kind === 'failed' && outcome.unfinished, JSON.stringify(outcome));
    }
    renameSync(`${inbox.sorted} away`, inbox.sorted);
    state = await inbox.attempt(reopened(state));
    assert.equal(resultOfSorting(state).destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('takes nothing to the place of the sorted folder once that is gone: its drive may be', async () => {
    await using inbox = await SmallInbox.create();
    mkdirSync(inbox.sorted);
    const files = onDrive(new NodeFiles(), inbox.sorted);
    const stage = inbox.stage({ files });
    const [one, two] = [inbox.found('1.jpg', 'picture one'), inbox.found('2.jpg', 'picture two')];
    assert.equal((await inbox.attempt(one, { stage })).stages.categorize?.outcome.kind, 'done');
    renameSync(inbox.sorted, `${inbox.sorted} away`);
    await assert.rejects(
      inbox.attempt(two, { stage }),
      (error) => error instanceof FatalError && error.message.includes(inbox.sorted),
    );
    assert.equal(existsSync(inbox.sorted), false);
    assert.equal(readFileSync(two.image.path, 'utf8'), 'picture two');
    renameSync(`${inbox.sorted} away`, inbox.sorted);
    const again = await inbox.attempt(two, { stage });
    assert.equal(resultOfSorting(again).destination, join(inbox.sorted, 'Art/2.jpg'));
  });

  it('puts no sidecar beside the file of somebody else when the image is gone, and keeps it', async () => {
    await using inbox = await SmallInbox.create();
    const cutOff = new NodeFiles();
    cutOff.makeFolder = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    let state = await inbox.attempt(inbox.found(), { files: cutOff });
    // as a kill leaves it: planned, and nothing done
    const [from, to] = [join(inbox.inbox, 'a.jpg'), join(inbox.sorted, 'Art/a.jpg')];
    const operations = [{ at: '', op: 'move' as const, from, to, sha256: sha256Of(SmallInbox.IMAGE) }];
    state = { ...reopened(state), intent: { stage: 'categorize', operations } };
    rmSync(from);
    inbox.write(to, 'another picture');
    const outcome = (await inbox.attempt(state)).stages.categorize?.outcome;
    assert.equal(outcome?.kind === 'failed' && outcome.error.reason, 'vanished');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg']);
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
  });

  it('takes the image where it was on its way to, and says so, when by now another category would be chosen', async () => {
    await using inbox = await SmallInbox.create();
    const { files } = failing({ nth: 9, when: 'after', lasts: true });
    const state = await inbox.attempt(inbox.found(), { files });
    assert.ok(state.intent, 'it is on its way');
    const after = await inbox.attempt(reopened(state), { category: 'Elsewhere' });
    const result = resultOfSorting(after);
    assert.equal(result.destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.equal(result.final, 'Art');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
  });
});

describe('The stage categorize, of an image that goes its way undisturbed,', () => {
  it('plans, takes and reports image and sidecar, and the folder that it made', async () => {
    await using inbox = await SmallInbox.create();
    const [from, to] = [join(inbox.inbox, 'a.jpg'), join(inbox.sorted, 'Art/Night/a.jpg')];
    const planned = [
      { at: START, op: 'move', from: `${from}.xmp`, to: `${to}.xmp`, sha256: sha256Of(SmallInbox.SIDECAR) },
      { at: START, op: 'move', from, to, sha256: sha256Of(SmallInbox.IMAGE) },
    ];
    const state = await inbox.attempt(inbox.found(), {
      category: 'Art/Night',
      onIntent: (operations) => {
        assert.deepEqual(operations, planned);
        assert.deepEqual(filesBelow(inbox.sorted), [], 'nothing is done before it is written down');
      },
    });
    assert.deepEqual(resultOfSorting(state), {
      suggested: 'Art/Night',
      learned: false,
      final: 'Art/Night',
      because: 'the test says so',
      destination: to,
      sidecar: `${to}.xmp`,
    });
    const folders = ['', 'Art', 'Art/Night'].map((name) => ({ at: START, op: 'mkdir', to: join(inbox.sorted, name) }));
    assert.deepEqual(state.operations, [...folders, ...planned]);
    assert.deepEqual(inbox.made, ['Art/Night']);
    assert.equal(inbox.read('Art/Night/a.jpg.xmp'), SmallInbox.SIDECAR);
  });

  it('names no sidecar where it has none', async () => {
    await using inbox = await SmallInbox.create();
    const state = await inbox.attempt(inbox.found('b.jpg', 'another picture'));
    assert.equal('sidecar' in resultOfSorting(state), false);
    assert.deepEqual(state.operations.map(({ op }) => op), ['mkdir', 'mkdir', 'move']); // prettier-ignore
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/b.jpg']);
  });

  it('copies the sidecar as well where the image is copied, so that a change to one changes no other', async () => {
    await using inbox = await SmallInbox.create();
    await inbox.attempt(inbox.found(), { transfer: 'copy' });
    writeFileSync(join(inbox.inbox, 'a.jpg'), 'a picture, painted over');
    writeFileSync(join(inbox.inbox, 'a.jpg.xmp'), '<edited/>');
    assert.equal(inbox.read('Art/a.jpg'), SmallInbox.IMAGE);
    assert.equal(inbox.read('Art/a.jpg.xmp'), SmallInbox.SIDECAR);
  });

  it('says nothing of a copy that was asked for, and says of one that was not why it is one', async () => {
    await using inbox = await SmallInbox.create();
    const asked = await inbox.attempt(inbox.found(), { transfer: 'copy' });
    assert.equal('note' in resultOfSorting(asked), false);
    const files = new NodeFiles();
    files.isWritable = () => Promise.resolve(false);
    const spared = await inbox.attempt(inbox.found('b.jpg', 'another picture'), { files });
    assert.match(resultOfSorting(spared).note ?? '', /copied, not moved/);
    assert.deepEqual(spared.operations.map(({ op }) => op), ['copy']); // prettier-ignore
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg', 'a.jpg.xmp', 'b.jpg']);
    const moved = await inbox.attempt(inbox.found());
    assert.equal(moved.stages.categorize?.outcome.kind, 'skipped', 'it is there already');
  });

  it('writes the sidecar beside the copy when its own folder took none, and only then', async () => {
    for (const [why, isWritten] of [
      [FOLDER_IS_READ_ONLY, true],
      ['the stage is off', false],
    ] as const) {
      await using inbox = await SmallInbox.create();
      const image = inbox.found('b.jpg', 'another picture');
      const bare = {
        ...image,
        stages: { ...image.stages, xmp: { outcome: { kind: 'skipped', why }, ms: 0 } },
      } as const;
      const operation = { at: START, op: 'write', to: join(inbox.sorted, 'Art/b.jpg.xmp') } as const;
      const state = await inbox.attempt(bare, {
        transfer: 'copy',
        sidecars: {
          writeBeside: (copy) => {
            assert.equal(copy, join(inbox.sorted, 'Art/b.jpg'));
            inbox.write(operation.to, 'what was found');
            return Promise.resolve(operation);
          },
        },
      });
      assert.deepEqual(state.operations.filter(({ op }) => op === 'write'), isWritten ? [operation] : []); // prettier-ignore
      assert.equal(resultOfSorting(state).sidecar, isWritten ? operation.to : undefined);
    }
  });

  it('only tells the place in a dry run, and holds it free', async () => {
    await using inbox = await SmallInbox.create();
    const stage = inbox.stage({ dryRun: true });
    const images = [inbox.found(), inbox.found('elsewhere/a.jpg', 'another picture')];
    const places: string[] = [];
    for (const image of images) places.push(resultOfSorting(await inbox.attempt(image, { stage })).destination);
    assert.deepEqual(places, ['Art/a.jpg', 'Art/a (2).jpg'].map((name) => join(inbox.sorted, name))); // prettier-ignore
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg', 'a.jpg.xmp', 'elsewhere/a.jpg']);
    assert.deepEqual([filesBelow(inbox.sorted), inbox.made], [[], []]);
  });
});

describe('The stage categorize, where names meet,', () => {
  it('gives each of many at once a name of its own, in whatever case they are written', async () => {
    await using inbox = await SmallInbox.create();
    const names = ['1/a.jpg', '2/a.jpg', '3/A.JPG', '4/A.jpg', '5/a.JPG'];
    const stage = inbox.stage();
    const images = names.map((name) => inbox.found(name, `picture ${name}`));
    const states = await Promise.all(images.map((image) => inbox.attempt(image, { stage })));
    const places = states.map((state) => resultOfSorting(state).destination);
    assert.equal(new Set(places.map((place) => place.toLowerCase())).size, names.length);
    const contents = filesBelow(inbox.sorted).map((name) => inbox.read(name));
    assert.deepEqual(contents.sort(), names.map((name) => `picture ${name}`)); // prettier-ignore
  });

  it('gives names of their own to two at once that differ only in how their accents are composed', async () => {
    await using inbox = await SmallInbox.create();
    // as macOS has it, and its shares: one name for both
    const files = new NodeFiles();
    const composed = (path: string): string => (path.startsWith(inbox.sorted) ? path.normalize('NFC') : path);
    for (const call of ['move', 'linkOrCopy', 'removeDouble'] as const) {
      const real = files[call].bind(files) as NodeFiles['move'];
      files[call] = (from, to, ...rest) => real(composed(from), composed(to), ...rest) as never;
    }
    for (const call of ['stat', 'hash', 'removeIfSame', 'removeOneName'] as const) {
      const real = files[call].bind(files) as (path: string, ...rest: readonly unknown[]) => Promise<never>;
      files[call] = (path: string, ...rest: readonly unknown[]) => real(composed(path), ...rest);
    }
    const names = ['1/\u30ac.jpg', '2/\u30ab\u3099.jpg'];
    for (const name of names) inbox.write(join(inbox.inbox, `${name}.xmp`), SmallInbox.SIDECAR);
    const stage = inbox.stage({ files });
    const images = names.map((name) => inbox.found(name, `picture ${name}`));
    const states = await Promise.all(images.map((image) => inbox.attempt(image, { stage })));
    const places = states.map((state) => composed(resultOfSorting(state).destination));
    assert.equal(new Set(places).size, 2);
    assert.deepEqual(filesBelow(inbox.sorted).length, 4, 'each has its sidecar');
  });

  it('passes over names that another picture has, or the sidecar of one', async () => {
    await using inbox = await SmallInbox.create();
    inbox.write(join(inbox.sorted, 'Art/a.jpg'), 'A PICTURE');
    inbox.write(join(inbox.sorted, 'Art/a (2).jpg.xmp'), 'of a picture that is gone');
    const { destination } = resultOfSorting(await inbox.attempt(inbox.found()));
    assert.equal(destination, join(inbox.sorted, 'Art/a (3).jpg'));
    assert.equal(inbox.read('Art/a.jpg'), 'A PICTURE');
    assert.equal(inbox.read('Art/a (2).jpg.xmp'), 'of a picture that is gone');
    assert.equal(inbox.read('Art/a (3).jpg.xmp'), SmallInbox.SIDECAR);
  });

  it('leaves an image where it is whose bytes are there already, and names that file', async () => {
    await using inbox = await SmallInbox.create();
    inbox.write(join(inbox.sorted, 'Art/a.jpg'), 'another picture');
    inbox.write(join(inbox.sorted, 'Art/a (2).jpg'), SmallInbox.IMAGE);
    const state = await inbox.attempt(inbox.found());
    const outcome = state.stages.categorize?.outcome;
    assert.ok(outcome?.kind === 'skipped' && outcome.final);
    assert.ok(outcome.why.endsWith(join(inbox.sorted, 'Art/a (2).jpg')), outcome.why);
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg', 'a.jpg.xmp']);
    assert.equal(state.operations.length, 0);
  });

  it('leaves an image that stands in its place already', async () => {
    await using inbox = await SmallInbox.create();
    const image = inbox.found('../Sorted/Art/b.jpg', 'another picture');
    const outcome = (await inbox.attempt(image)).stages.categorize?.outcome;
    assert.ok(outcome?.kind === 'skipped' && outcome.final);
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/b.jpg']);
  });

  it('leaves the name to one that was on its way there when the last run was cut off', async () => {
    await using inbox = await SmallInbox.create();
    const files = new NodeFiles();
    files.makeFolder = () => Promise.reject(new Error('killed'));
    let cutOff = inbox.found();
    await assert.rejects(
      inbox.attempt(cutOff, {
        files,
        onIntent: (operations) => (cutOff = { ...cutOff, intent: { stage: 'categorize', operations } }),
      }),
    );
    const written = { ...inbox.found('c.jpg', 'a third'), intent: { stage: 'xmp', operations: [] } } as const;
    const stage = inbox.stage({}, [cutOff, written]);
    const other = await inbox.attempt(inbox.found('elsewhere/A.jpg', 'another picture'), { stage });
    assert.equal(resultOfSorting(other).destination, join(inbox.sorted, 'Art/A (2).jpg'));
    const gone = await inbox.attempt(reopened(cutOff), { stage });
    assert.equal(resultOfSorting(gone).destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.equal(resultOfSorting(await inbox.attempt(written, { stage })).destination, join(inbox.sorted, 'Art/c.jpg'));
  });

  it('gives a name away that an image could not take', async () => {
    await using inbox = await SmallInbox.create();
    const files = new NodeFiles();
    const stage = inbox.stage({ files });
    files.makeFolder = () => Promise.reject(new ImageError('not-writable', 'not now'));
    assert.equal((await inbox.attempt(inbox.found(), { stage })).stages.categorize?.outcome.kind, 'failed');
    files.makeFolder = (path) => new NodeFiles().makeFolder(path);
    const other = await inbox.attempt(inbox.found('elsewhere/A.jpg', 'another picture'), { stage });
    assert.equal(resultOfSorting(other).destination, join(inbox.sorted, 'Art/A.jpg'));
  });

  it('takes the name again of which it was passed over while somebody else’s file had it', async () => {
    await using inbox = await SmallInbox.create();
    const stage = inbox.stage();
    inbox.write(join(inbox.sorted, 'Art/a.jpg'), 'of somebody else');
    await inbox.attempt(inbox.found('1/a.jpg', 'picture 1'), { stage });
    rmSync(join(inbox.sorted, 'Art/a.jpg'));
    const next = await inbox.attempt(inbox.found('2/a.jpg', 'picture 2'), { stage });
    assert.equal(resultOfSorting(next).destination, join(inbox.sorted, 'Art/a.jpg'));
  });
});

describe('The stage categorize, of an image that is another one by now,', () => {
  it('takes nothing that was changed or removed since it was read', async () => {
    await using inbox = await SmallInbox.create();
    const image = inbox.found();
    writeFileSync(image.image.path, 'a picture, painted over');
    const changed = (await inbox.attempt(image)).stages.categorize?.outcome;
    assert.equal(changed?.kind === 'failed' && changed.error.reason, 'changed');
    rmSync(image.image.path);
    const vanished = (await inbox.attempt(image)).stages.categorize?.outcome;
    assert.equal(vanished?.kind === 'failed' && vanished.error.reason, 'vanished');
    assert.deepEqual(filesBelow(inbox.sorted), []);
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
  });

  it('takes nothing that was not read', async () => {
    await using inbox = await SmallInbox.create();
    await assert.rejects(inbox.attempt({ ...inbox.found(), stages: {} }), /fingerprint of .*a\.jpg/);
  });

  it('takes the sidecar back that went ahead, and gives the plan up', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox);
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg.xmp']);
    writeFileSync(join(inbox.inbox, 'a.jpg'), 'a picture, painted over');
    const after = await inbox.attempt(reopened(state));
    const outcome = after.stages.categorize?.outcome;
    assert.equal(outcome?.kind === 'failed' && outcome.error.reason, 'changed');
    assert.equal(after.intent, undefined);
    assert.deepEqual(filesBelow(inbox.sorted), []);
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg', 'a.jpg.xmp']);
  });

  it('does so too where the sidecar was replaced with it', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox);
    replace(join(inbox.inbox, 'a.jpg'), 'another picture');
    replace(join(inbox.inbox, 'a.jpg.xmp'), '<of another picture/>');
    await inbox.attempt(reopened(state));
    assert.deepEqual(filesBelow(inbox.sorted), []);
    assert.equal(readFileSync(join(inbox.inbox, 'a.jpg.xmp'), 'utf8'), '<of another picture/>');
  });

  it('takes the sidecar with it that the image has now, not the one that went ahead', async () => {
    for (const transfer of ['move', 'copy'] as const) {
      await using inbox = await SmallInbox.create();
      const state = await cutOffBefore(transfer, inbox);
      replace(join(inbox.inbox, 'a.jpg.xmp'), '<edited/>');
      resultOfSorting(await inbox.attempt(reopened(state), { transfer }));
      assert.equal(inbox.read('Art/a.jpg'), SmallInbox.IMAGE);
      assert.equal(inbox.read('Art/a.jpg.xmp'), '<edited/>');
    }
  });

  it('keeps the sidecar that went ahead where it has no other by now', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox);
    rmSync(join(inbox.inbox, 'a.jpg.xmp'));
    const after = await inbox.attempt(reopened(state));
    assert.equal(resultOfSorting(after).sidecar, join(inbox.sorted, 'Art/a.jpg.xmp'));
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
    const moved = after.operations.filter(({ op }) => op === 'move').map(({ to }) => to);
    assert.deepEqual(moved, ['Art/a.jpg.xmp', 'Art/a.jpg'].map((name) => join(inbox.sorted, name))); // prettier-ignore
  });

  it('leaves no second name of its sidecar in the inbox when both were taken on from where they were going', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('removeDouble', inbox);
    for (const name of ['a.jpg', 'a.jpg.xmp']) renameSync(join(inbox.sorted, 'Art', name), join(inbox.sorted, name));
    const after = await inbox.attempt(reopened(state));
    assert.equal(after.stages.categorize?.outcome.kind, 'failed');
    assert.equal(after.intent, undefined);
    assert.deepEqual(filesBelow(inbox.inbox), []);
    assert.deepEqual(filesBelow(inbox.sorted), ['a.jpg', 'a.jpg.xmp']);
  });

  it('keeps the sidecar in the inbox when it is the only one left', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('removeDouble', inbox);
    rmSync(join(inbox.sorted, 'Art'), { recursive: true });
    await inbox.attempt(reopened(state));
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
  });

  it('takes the sidecar back where the image alone was taken on', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('removeDouble', inbox);
    renameSync(join(inbox.sorted, 'Art/a.jpg'), join(inbox.sorted, 'mine.jpg'));
    await inbox.attempt(reopened(state));
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
    assert.deepEqual(filesBelow(inbox.sorted), ['mine.jpg']);
  });

  it('goes on with one whose fingerprint was lost with lines of the journal: the plan has it', async () => {
    await using inbox = await SmallInbox.create();
    const { stages, ...state } = reopened(await cutOffBefore('move', inbox));
    const scan = { outcome: { kind: 'skipped', why: 'lost' }, ms: 0 } as const;
    const after = await inbox.attempt({ ...state, stages: { ...stages, scan } });
    assert.equal(resultOfSorting(after).destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
  });

  it('leaves a sidecar in the inbox that is edited while the image goes to another disk, and says so', async () => {
    await using inbox = await SmallInbox.create();
    const files = new NodeFiles();
    files.linkOrCopy = files.copy.bind(files);
    files.move = async (...args) => {
      await new NodeFiles().move(...args);
      writeFileSync(join(inbox.inbox, 'a.jpg.xmp'), '<edited/>');
    };
    resultOfSorting(await inbox.attempt(inbox.found(), { files }));
    assert.equal(readFileSync(join(inbox.inbox, 'a.jpg.xmp'), 'utf8'), '<edited/>');
    assert.equal(inbox.read('Art/a.jpg.xmp'), SmallInbox.SIDECAR);
    assert.equal(inbox.warnings.length, 1);
    assert.ok(inbox.warnings[0]?.startsWith(join(inbox.inbox, 'a.jpg.xmp')));
  });

  it('leaves the only sidecar where it is when the image alone was taken on, and the sidecar had arrived', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('removeDouble', inbox);
    rmSync(join(inbox.inbox, 'a.jpg.xmp'));
    renameSync(join(inbox.sorted, 'Art/a.jpg'), join(inbox.sorted, 'mine.jpg'));
    const after = await inbox.attempt(reopened(state));
    assert.equal(after.intent, undefined, 'nothing is left to be carried out');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg.xmp', 'mine.jpg']);
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('puts the only sidecar back beside an image that is another one by now', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox);
    rmSync(join(inbox.inbox, 'a.jpg.xmp'));
    writeFileSync(join(inbox.inbox, 'a.jpg'), 'edited');
    const sidecar = readFileSync(join(inbox.sorted, 'Art/a.jpg.xmp'));
    const after = await inbox.attempt(reopened(state));
    assert.equal(after.stages.categorize?.outcome.kind, 'failed');
    assert.deepEqual(filesBelow(inbox.sorted), []);
    assert.deepEqual(readFileSync(join(inbox.inbox, 'a.jpg.xmp')), sidecar);
  });

  it('leaves no sidecar alone where it was going when both were taken away before', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox);
    for (const name of ['a.jpg', 'a.jpg.xmp']) renameSync(join(inbox.inbox, name), join(inbox.inbox, `my ${name}`));
    await inbox.attempt(reopened(state));
    assert.deepEqual(filesBelow(inbox.sorted), []);
    assert.deepEqual(filesBelow(inbox.inbox), ['my a.jpg', 'my a.jpg.xmp']);
  });

  it('takes no name from a sidecar that it was only to copy', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('copy', inbox);
    const sidecar = join(inbox.inbox, 'a.jpg.xmp');
    linkSync(sidecar, join(inbox.inbox, 'my backup.xmp'));
    rmSync(join(inbox.inbox, 'a.jpg'));
    rmSync(inbox.sorted, { recursive: true });
    await inbox.attempt(reopened(state), { transfer: 'copy' });
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp', 'my backup.xmp']);
  });

  it('reports an image once that has no sidecar and was taken in two attempts', async () => {
    await using inbox = await SmallInbox.create();
    const image = inbox.found('b.jpg', 'another picture');
    const files = new NodeFiles();
    files.move = async (...args) => {
      await new NodeFiles().move(...args);
      throw new ImageError('not-writable', 'the plug is pulled');
    };
    const state = await inbox.attempt(image, { files });
    assert.ok(state.intent, 'it is not told yet');
    const after = await inbox.attempt(reopened(state));
    assert.equal(resultOfSorting(after).destination, join(inbox.sorted, 'Art/b.jpg'));
    assert.equal(after.operations.filter(({ op }) => op === 'move').length, 1);
  });

  it('gives the plan up where somebody else has put the same picture there with a sidecar of theirs', async () => {
    await using inbox = await SmallInbox.create();
    const state = await inbox.attempt(inbox.found(), {
      onIntent: () => {
        inbox.write(join(inbox.sorted, 'Art/a.jpg'), SmallInbox.IMAGE);
        inbox.write(join(inbox.sorted, 'Art/a.jpg.xmp'), '<theirs/>');
      },
    });
    const outcome = state.stages.categorize?.outcome;
    assert.equal(outcome?.kind === 'failed' && outcome.error.reason, 'exists');
    assert.equal(state.intent, undefined);
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg', 'a.jpg.xmp']);
    assert.equal(inbox.read('Art/a.jpg.xmp'), '<theirs/>');
  });

  it('gives the plan up of a copy that is made, when the original was painted over before that was told', async () => {
    await using inbox = await SmallInbox.create();
    const files = new NodeFiles();
    const copy = files.copy.bind(files);
    files.copy = async (from, to, sha256, signal) => {
      await copy(from, to, sha256, signal);
      if (to.endsWith('.jpg')) throw new ImageError('not-writable', 'the plug is pulled');
    };
    const state = await inbox.attempt(inbox.found(), { files, transfer: 'copy' });
    assert.ok(state.intent, 'the copy stands');
    writeFileSync(join(inbox.inbox, 'a.jpg'), 'a picture, painted over');
    const after = await inbox.attempt(reopened(state), { transfer: 'copy' });
    const outcome = after.stages.categorize?.outcome;
    assert.equal(outcome?.kind === 'failed' && outcome.error.reason, 'changed');
    assert.equal(after.intent, undefined);
    assert.equal(inbox.read('Art/a.jpg'), SmallInbox.IMAGE, 'no version of it is lost');
    assert.equal(readFileSync(join(inbox.inbox, 'a.jpg'), 'utf8'), 'a picture, painted over');
  });

  it('takes it to where it was on its way, also out of the sorted folder that is set by now', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox, 'Art/Night');
    const to = join(inbox.sorted, 'Art/Night/a.jpg');
    const cutOffAgain = new NodeFiles();
    cutOffAgain.makeFolder = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    cutOffAgain.removeIfSame = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    const again = await inbox.attempt(reopened(state), { files: cutOffAgain, category: 'Else' });
    assert.ok(again.intent, 'it is still on its way');
    const result = resultOfSorting(
      await inbox.attempt(reopened(again), { sorted: join(inbox.sorted, 'New'), category: 'Else' }),
    );
    assert.deepEqual([result.destination, result.final], [to, 'Else']);
    assert.equal(inbox.read('Art/Night/a.jpg'), SmallInbox.IMAGE);
  });

  it('tells the category by the folder that it was on its way to, and that nothing learned chose it', async () => {
    await using inbox = await SmallInbox.create();
    const state = await cutOffBefore('move', inbox, 'Art/Night');
    const result = resultOfSorting(await inbox.attempt(reopened(state), { category: 'Else' }));
    assert.deepEqual([result.suggested, result.final, result.learned], ['Else', 'Art/Night', false]);
    assert.match(result.because, /on its way/);
    assert.deepEqual(inbox.made, ['Art/Night']);
  });
});

/** The plan is made, and carried out up to this step. */
async function cutOffBefore(
  step: 'move' | 'copy' | 'removeDouble',
  inbox: SmallInbox,
  category = 'Art',
  image = inbox.found(),
): Promise<ImageState> {
  const files = new NodeFiles();
  const real = files[step].bind(files);
  files[step] = (async (...args: Parameters<NodeFiles['copy']>) => {
    if (step !== 'removeDouble' && args[0].endsWith('.xmp')) return await real(...args);
    throw new ImageError('not-writable', 'the plug is pulled');
  }) as never;
  // nor is anything taken back
  files.removeIfSame = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
  return await inbox.attempt(image, { files, category, transfer: step === 'copy' ? 'copy' : 'move' });
}

/** As editors do, aside and renamed over: the old bytes keep their other names. */
function replace(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** @returns whether there were so many calls */
async function failAndGoOn(transfer: 'move' | 'copy', trouble: Trouble): Promise<boolean> {
  await using inbox = await SmallInbox.create();
  const disks = [
    ...(trouble.lasts === 'sorted gone' ? [] : [inbox.inbox]),
    ...(trouble.lasts === 'inbox gone' ? [] : [inbox.sorted]),
  ];
  const { files, calls } = failing(trouble, () => {
    for (const disk of disks) if (existsSync(disk)) renameSync(disk, `${disk} unmounted`);
  });
  let state = await inbox.attempt(inbox.found(), { files, transfer });
  for (const disk of disks) if (existsSync(`${disk} unmounted`)) renameSync(`${disk} unmounted`, disk);
  // what lasts is there at the second attempt, too; the third one is left in peace
  for (const disk of [trouble.lasts === true ? files : new NodeFiles(), new NodeFiles()]) {
    if (state.stages.categorize?.outcome.kind === 'failed') {
      state = await inbox.attempt(reopened(state), { files: disk, transfer });
    }
  }
  const about = JSON.stringify(trouble);
  assert.equal(resultOfSorting(state).destination, join(inbox.sorted, 'Art/a.jpg'), about);
  assert.equal(resultOfSorting(state).because, 'the test says so', about);
  assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp'], about);
  assert.equal(readFileSync(join(inbox.sorted, 'Art/a.jpg'), 'utf8'), SmallInbox.IMAGE);
  assert.deepEqual(filesBelow(inbox.inbox), transfer === 'move' ? [] : ['a.jpg', 'a.jpg.xmp'], about);
  const carried = state.operations.filter(({ op }) => op === transfer).map(({ to }) => to);
  assert.deepEqual(carried, [join(inbox.sorted, 'Art/a.jpg.xmp'), join(inbox.sorted, 'Art/a.jpg')], about);
  assert.equal(state.intent, undefined, about);
  return calls() >= trouble.nth;
}
