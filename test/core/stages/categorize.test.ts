import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { fold, reopened } from '../../../src/core/journal/fold.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { CategorizeResult } from '../../../src/core/model/stageResults.ts';
import { CategorizeStage } from '../../../src/core/stages/categorize.ts';
import { filesBelow } from '../../cli/commandLine.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { digest } from '../../crash/specimens.ts';

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

/** The n-th call fails, before or after it has done its work; from then on all of them where the trouble lasts. */
interface Trouble {
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly lasts: boolean;
}

/** Files on a disk that fails. */
function failing(trouble: Trouble): { readonly files: NodeFiles; readonly calls: () => number } {
  let calls = 0;
  const files = new NodeFiles();
  const methods = files as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of CALLS) {
    const real = methods[name]?.bind(files);
    if (!real) throw new Error(`there is no ${name}`);
    methods[name] = async (...args) => {
      const isHit = ++calls === trouble.nth || (trouble.lasts && calls > trouble.nth);
      const error = new ImageError('not-writable', `${name} fails`);
      if (isHit && trouble.when === 'before') throw error;
      const result = await real(...args);
      if (isHit) throw error;
      return result;
    };
  }
  return { files, calls: () => calls };
}

describe('the stage categorize', () => {
  for (const transfer of ['move', 'copy'] as const) {
    it(`finishes what an error has cut off, wherever that came (${transfer})`, async () => {
      for (const lasts of [false, true]) {
        for (const when of ['before', 'after'] as const) {
          let isReached = true;
          for (let nth = 1; isReached; nth++) isReached = await failAndGoOn(transfer, { nth, when, lasts });
        }
      }
    });
  }

  it('makes another plan where nothing of the first one stands, and another file has taken its name', async () => {
    await using inbox = await Inbox.create();
    let state = await inbox.attempt(inbox.found(), new NodeFiles(), 'move', () => {
      // right after the plan was made
      mkdirSync(join(inbox.sorted, 'Art'), { recursive: true });
      writeFileSync(join(inbox.sorted, 'Art/a.jpg'), 'another picture');
    });
    assert.equal(state.stages.categorize?.outcome.kind, 'failed');
    state = await inbox.attempt(reopened(state), new NodeFiles(), 'move');
    assert.equal(state.stages.categorize?.outcome.kind, 'done');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a (2).jpg', 'Art/a (2).jpg.xmp', 'Art/a.jpg']);
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('leaves the sidecar with an image that was changed at its destination before its move was gone on with', async () => {
    await using inbox = await Inbox.create();
    const cutOff = new NodeFiles();
    cutOff.removeDouble = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    const state = await inbox.attempt(inbox.found(), cutOff, 'move');
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
    writeFileSync(join(inbox.sorted, 'Art/a.jpg'), 'a picture, painted over');
    await inbox.attempt(reopened(state), new NodeFiles(), 'move');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
    assert.equal(readFileSync(join(inbox.sorted, 'Art/a.jpg'), 'utf8'), 'a picture, painted over');
    assert.deepEqual(filesBelow(inbox.inbox), []);
  });

  it('puts no sidecar beside the file of somebody else when the image is gone, and keeps it', async () => {
    await using inbox = await Inbox.create();
    const cutOff = new NodeFiles();
    cutOff.makeFolder = () => Promise.reject(new ImageError('not-writable', 'the plug is pulled'));
    let state = await inbox.attempt(inbox.found(), cutOff, 'move');
    // as a kill leaves it: planned, and nothing done
    const [from, to] = [join(inbox.inbox, 'a.jpg'), join(inbox.sorted, 'Art/a.jpg')];
    const operations = [
      { at: '', op: 'move' as const, from, to, sha256: digest('sha256', Buffer.from(Inbox.IMAGE)) as never },
    ];
    state = { ...reopened(state), intent: { stage: 'categorize', operations } };
    rmSync(from);
    mkdirSync(join(inbox.sorted, 'Art'), { recursive: true });
    writeFileSync(to, 'another picture');
    await inbox.attempt(state, new NodeFiles(), 'move');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg']);
    assert.deepEqual(filesBelow(inbox.inbox), ['a.jpg.xmp']);
  });

  it('takes the image where it was on its way to, and says so, when by now another category would be chosen', async () => {
    await using inbox = await Inbox.create();
    const { files } = failing({ nth: 9, when: 'after', lasts: true });
    const state = await inbox.attempt(inbox.found(), files, 'move');
    assert.ok(state.intent, 'it is on its way');
    const after = await inbox.attempt(reopened(state), new NodeFiles(), 'move', undefined, 'Elsewhere');
    const result = (after.stages.categorize?.outcome as { result?: CategorizeResult }).result;
    assert.equal(result?.destination, join(inbox.sorted, 'Art/a.jpg'));
    assert.equal(result.final, 'Art');
    assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp']);
  });
});

/** @returns whether there were so many calls */
async function failAndGoOn(transfer: 'move' | 'copy', trouble: Trouble): Promise<boolean> {
  await using inbox = await Inbox.create();
  const { files, calls } = failing(trouble);
  let state = await inbox.attempt(inbox.found(), files, transfer);
  // what lasts is there at the second attempt, too; the third one is left in peace
  for (const disk of [trouble.lasts ? files : new NodeFiles(), new NodeFiles()]) {
    if (state.stages.categorize?.outcome.kind === 'failed') {
      state = await inbox.attempt(reopened(state), disk, transfer);
    }
  }
  const about = JSON.stringify(trouble);
  const { outcome } = state.stages.categorize ?? {};
  assert.equal(outcome?.kind, 'done', about);
  assert.equal((outcome as { result?: CategorizeResult }).result?.destination, join(inbox.sorted, 'Art/a.jpg'), about);
  assert.deepEqual(filesBelow(inbox.sorted), ['Art/a.jpg', 'Art/a.jpg.xmp'], about);
  assert.equal(readFileSync(join(inbox.sorted, 'Art/a.jpg'), 'utf8'), Inbox.IMAGE);
  assert.deepEqual(filesBelow(inbox.inbox), transfer === 'move' ? [] : ['a.jpg', 'a.jpg.xmp'], about);
  const carried = state.operations.filter(({ op }) => op === transfer).map(({ to }) => to);
  assert.deepEqual(carried, [join(inbox.sorted, 'Art/a.jpg.xmp'), join(inbox.sorted, 'Art/a.jpg')], about);
  assert.equal(state.intent, undefined, about);
  return calls() >= trouble.nth;
}

/** One image with its sidecar, and the folder that it goes to. */
class Inbox implements AsyncDisposable {
  static readonly IMAGE = 'a picture';
  readonly inbox: string;
  readonly sorted: string;
  private readonly folder: Awaited<ReturnType<typeof temporaryFolder>>;

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>) {
    this.folder = folder;
    this.inbox = join(folder.path, 'Inbox');
    this.sorted = join(folder.path, 'Sorted');
    mkdirSync(this.inbox);
    writeFileSync(join(this.inbox, 'a.jpg'), Inbox.IMAGE);
    writeFileSync(join(this.inbox, 'a.jpg.xmp'), '<what is known of it/>');
  }

  static async create(): Promise<Inbox> {
    return new Inbox(await temporaryFolder());
  }

  found(): ImageState {
    const path = join(this.inbox, 'a.jpg');
    const { size, mtimeMs } = statSync(path);
    const result = { format: 'jpeg', sha256: digest('sha256', Buffer.from(Inbox.IMAGE)), md5: '' };
    return {
      image: { id: '0' as ImageId, path, size, mtimeMs },
      stages: { scan: { outcome: { kind: 'done', result }, ms: 0 } as NonNullable<ImageState['stages']['scan']> },
      operations: [],
    };
  }

  /** One run's attempt, as the runner makes it: what it says is folded into the image's state. */
  async attempt(
    before: ImageState,
    files: NodeFiles,
    transfer: 'move' | 'copy',
    onIntent: () => void = () => undefined,
    category = 'Art',
  ): Promise<ImageState> {
    let state = before;
    const say = (event: JournalEvent): Promise<void> => {
      state = fold(state, event) ?? state;
      return Promise.resolve();
    };
    const decision = { suggested: category, learned: false, final: category, because: 'the test says so' };
    const stage = new CategorizeStage({
      files,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      chooser: { choose: () => Promise.resolve(decision), made: () => Promise.resolve() } as never,
      sorted: this.sorted,
      transfer,
      underWay: [state],
      sidecars: { writeBeside: () => Promise.reject(new Error('not here')) },
      dryRun: false,
    });
    const { image } = state;
    let outcome: StageOutcome<CategorizeResult>;
    try {
      outcome = await stage.run(state, {
        signal: new AbortController().signal,
        lastCall: false,
        intend: async (operations) => {
          await say({ kind: 'intended', image: image.id, stage: 'categorize', operations });
          onIntent();
        },
        operated: (operations) => say({ kind: 'operated', image: image.id, operations }),
        remember: () => Promise.resolve(),
        warn: () => undefined,
      });
    } catch (error) {
      assert.ok(error instanceof ImageError, String(error));
      const { reason, message, unfinished } = error;
      outcome = { kind: 'failed', error: { reason, message, attempts: 1 }, ...(unfinished && { unfinished }) };
    }
    await say({ kind: 'stage-ended', image: image.id, stage: 'categorize', record: { outcome, ms: 0 } });
    return state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}
