import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { SortedFile, Store } from '../../../src/core/ports/store.ts';
import { ScanStage, type ScanParts } from '../../../src/core/stages/scan.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { filesBelow } from '../../cli/commandLine.ts';
import { sampleInbox } from '../../services/samplePosts.ts';

const PICTURE = join(sampleInbox, 'camera/IMG_2041.jpg');

/** What the database says of files that are sorted, and who is under way. */
interface Before extends Partial<Pick<ScanParts, 'files' | 'duplicates' | 'underWay'>> {
  readonly sorted?: readonly SortedFile[];
}

/** A folder with an inbox, a sorted folder and a trash. */
class Desk implements AsyncDisposable {
  readonly path: string;
  readonly trash: string;
  /** what was announced, each time with the files that were there then */
  readonly intents: { readonly operations: readonly FileOperation[]; readonly files: readonly string[] }[] = [];
  readonly operations: FileOperation[] = [];
  private readonly dispose: () => PromiseLike<void>;

  private constructor(path: string, dispose: () => PromiseLike<void>) {
    this.path = path;
    this.trash = join(path, 'trash');
    this.dispose = dispose;
  }

  static async create(...pictures: readonly string[]): Promise<Desk> {
    const folder = await temporaryFolder();
    const desk = new Desk(folder.path, () => folder[Symbol.asyncDispose]());
    for (const name of pictures) desk.put(name);
    return desk;
  }

  put(name: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    copyFileSync(PICTURE, this.at(name));
  }

  at = (name: string): string => join(this.path, name);

  files = (): readonly string[] => filesBelow(this.path);

  /** The database's line on a file that is sorted. */
  sorted(name: string, source = '/elsewhere/a.jpg'): SortedFile {
    return { sha256: sha256Of(readFileSync(PICTURE)), path: this.at(name), source, at: 0 };
  }

  found(name: string): ImageState {
    const { size, mtimeMs } = statSync(this.at(name));
    const id = sha256Of(name).slice(0, 16) as ImageId;
    return { image: { id, path: this.at(name), size, mtimeMs }, stages: {}, operations: [] };
  }

  inTrash = ({ image }: ImageState): string => `trash/${image.id}-${basename(image.path)}`;

  stage({ sorted = [], files = new NodeFiles(), duplicates = 'trash', underWay = [] }: Before = {}): ScanStage {
    const store = { sortedFiles: (sha256: string) => sorted.filter((file) => file.sha256 === sha256) };
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    return new ScanStage({ files, store: store as unknown as Store, clock, duplicates, trash: this.trash, underWay });
  }

  run(state: ImageState, stage: ScanStage = this.stage()) {
    return stage.run(state, {
      signal: new AbortController().signal,
      lastCall: false,
      intend: (operations) => Promise.resolve(void this.intents.push({ operations, files: this.files() })),
      operated: (done) => Promise.resolve(void this.operations.push(...done)),
      remember: () => Promise.resolve(),
      warn: () => undefined,
    });
  }

  /** The image as an earlier run has read it. */
  async read(name: string, intent?: ImageState['intent']): Promise<ImageState> {
    const state = this.found(name);
    const outcome = await this.run(state);
    return { ...state, stages: { scan: { outcome, ms: 0 } }, ...(intent && { intent }) };
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.dispose();
  }
}

/** It ends here; why. */
async function endOf(outcome: ReturnType<Desk['run']>): Promise<string> {
  const ended = await outcome;
  assert.ok(ended.kind === 'skipped' && ended.final, JSON.stringify(ended));
  return ended.why;
}

describe('the stage scan', () => {
  it('tells what the file is, and its two hashes', async () => {
    await using desk = await Desk.create('Inbox/a.jpg');
    const bytes = readFileSync(PICTURE);
    assert.deepEqual(await desk.run(desk.found('Inbox/a.jpg')), {
      kind: 'done',
      result: { format: 'jpeg', sha256: sha256Of(bytes), md5: createHash('md5').update(bytes).digest('hex') },
    });
  });

  it('takes a file for a duplicate only as long as what was sorted is there, unchanged, and from another place', async () => {
    await using desk = await Desk.create('Inbox/a.jpg', 'Sorted/a.jpg', 'Sorted/changed.jpg');
    writeFileSync(desk.at('Sorted/changed.jpg'), 'painted over');
    const [a, itself] = [desk.found('Inbox/a.jpg'), desk.found('Sorted/a.jpg')];
    const goes = async (state: ImageState, ...sorted: readonly SortedFile[]) =>
      (await desk.run(state, desk.stage({ sorted }))).kind;
    assert.equal(await goes(a, desk.sorted('Sorted/gone.jpg'), desk.sorted('Sorted/changed.jpg')), 'done');
    assert.equal(await goes(a, desk.sorted('Sorted/a.jpg', a.image.path)), 'done', 'it was copied there from here');
    assert.equal(await goes(itself, desk.sorted('Sorted/a.jpg')), 'done');
    assert.equal(desk.operations.length, 0);
    const why = await endOf(desk.run(a, desk.stage({ duplicates: 'keep', sorted: [desk.sorted('Sorted/gone.jpg'), desk.sorted('Sorted/a.jpg')] }))); // prettier-ignore
    assert.ok(why.endsWith(desk.at('Sorted/a.jpg')), why);
  });

  it('leaves duplicates where they are unless they are to go, and tells their hashes', async () => {
    await using desk = await Desk.create('Inbox/a.jpg', 'Sorted/a.jpg');
    const before = desk.files();
    const sorted = [desk.sorted('Sorted/a.jpg')];
    const outcome = await desk.run(desk.found('Inbox/a.jpg'), desk.stage({ sorted, duplicates: 'keep' }));
    assert.ok(outcome.kind === 'skipped' && outcome.final);
    assert.equal(outcome.result?.sha256, sha256Of(readFileSync(PICTURE)));
    assert.deepEqual([desk.files(), desk.intents, desk.operations], [before, [], []]);
  });

  it('takes one of those in the inbox that have the same bytes, and leaves the others where they are', async () => {
    await using desk = await Desk.create('Inbox/a.jpg', 'Inbox/b.jpg', 'Inbox/c.jpg');
    const stage = desk.stage();
    const names = ['Inbox/a.jpg', 'Inbox/b.jpg', 'Inbox/c.jpg'];
    const outcomes = await Promise.all(names.map((name) => desk.run(desk.found(name), stage)));
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['done', 'skipped', 'skipped']);
    const first = desk.at(names[outcomes.findIndex(({ kind }) => kind === 'done')] ?? '');
    for (const outcome of outcomes) {
      if (outcome.kind !== 'skipped') continue;
      assert.ok(outcome.final);
      assert.ok(outcome.why.endsWith(first), outcome.why);
      assert.equal(outcome.result?.format, 'jpeg');
    }
    const again = await desk.run(desk.found(basename(first) === 'a.jpg' ? 'Inbox/a.jpg' : 'Inbox/b.jpg'), stage);
    assert.equal(again.kind, basename(first) === 'c.jpg' ? 'skipped' : 'done', 'a second try finds the same');
    assert.deepEqual(desk.files(), names);
  });

  it('counts the first one of an earlier run as long as it is there as it was', async () => {
    const changes: readonly (readonly [(path: string) => void, 'done' | 'skipped'])[] = [
      [() => undefined, 'skipped'],
      [(path) => rmSync(path), 'done'],
      [(path) => utimesSync(path, 1, 1), 'done'],
      [
        (path) => {
          const { atime, mtime } = statSync(path);
          writeFileSync(path, 'painted over');
          utimesSync(path, atime, mtime);
        },
        'done',
      ],
    ];
    for (const [change, expected] of changes) {
      await using desk = await Desk.create('Inbox/a.jpg', 'Inbox/b.jpg', 'Inbox/c.jpg');
      utimesSync(desk.at('Inbox/a.jpg'), 1000, 1000);
      const stage = desk.stage({ underWay: [await desk.read('Inbox/a.jpg'), desk.found('Inbox/c.jpg')] });
      change(desk.at('Inbox/a.jpg'));
      assert.equal((await desk.run(desk.found('Inbox/b.jpg'), stage)).kind, expected);
      const why = await endOf(desk.run(desk.found('Inbox/c.jpg'), stage));
      assert.ok(why.endsWith(desk.at(expected === 'done' ? 'Inbox/b.jpg' : 'Inbox/a.jpg')), why);
    }
  });

  it('lets one alone of two count that find at the same moment that the first one is gone', async () => {
    await using desk = await Desk.create('Inbox/a.jpg', 'Inbox/b.jpg', 'Inbox/c.jpg');
    const files = new NodeFiles();
    const both = Promise.withResolvers<undefined>();
    let looks = 0;
    files.stat = async () => {
      if (++looks === 2) both.resolve(undefined);
      await both.promise;
    };
    const stage = desk.stage({ files, underWay: [await desk.read('Inbox/a.jpg')] });
    rmSync(desk.at('Inbox/a.jpg'));
    const outcomes = await Promise.all(['b', 'c'].map((name) => desk.run(desk.found(`Inbox/${name}.jpg`), stage)));
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['done', 'skipped']);
  });

  it('counts the first one as well that is half-way to its place and so no longer in the inbox', async () => {
    await using desk = await Desk.create('Inbox/a.jpg', 'Inbox/b.jpg');
    const moving = await desk.read('Inbox/a.jpg', { stage: 'categorize', operations: [] });
    const stage = desk.stage({ underWay: [moving] });
    renameSync(desk.at('Inbox/a.jpg'), desk.at('a.jpg'));
    await endOf(desk.run(desk.found('Inbox/b.jpg'), stage));
  });
});

describe('the stage scan, where duplicates go to the trash', () => {
  it('takes a duplicate there, with its sidecar, and writes that down before', async () => {
    await using desk = await Desk.create('Inbox/b.jpg', 'Inbox/b.jpg.xmp', 'Sorted/a.jpg');
    const before = desk.files();
    const state = desk.found('Inbox/b.jpg');
    const [to, sha256] = [desk.at(desk.inTrash(state)), sha256Of(readFileSync(PICTURE))];
    const trashed = { at: '1970-01-01T00:00:00.000Z', op: 'trash', from: state.image.path, to, sha256 } as const;
    const why = await endOf(desk.run(state, desk.stage({ sorted: [desk.sorted('Sorted/a.jpg')] })));
    assert.ok(why.includes(desk.at('Sorted/a.jpg')) && why.includes(to), why);
    assert.equal(desk.intents.length, 1);
    assert.deepEqual(desk.intents[0]?.files, before);
    assert.equal(desk.intents[0].operations[0]?.to, to);
    assert.deepEqual(desk.operations, [trashed, { ...trashed, from: `${state.image.path}.xmp`, to: `${to}.xmp` }]);
    assert.deepEqual(desk.files(), ['Sorted/a.jpg', desk.inTrash(state), `${desk.inTrash(state)}.xmp`]);
  });

  it('takes one there that has no sidecar', async () => {
    await using desk = await Desk.create('Inbox/b.jpg', 'Sorted/a.jpg');
    const state = desk.found('Inbox/b.jpg');
    await endOf(desk.run(state, desk.stage({ sorted: [desk.sorted('Sorted/a.jpg')] })));
    assert.equal(desk.operations.length, 1);
    assert.deepEqual(desk.files(), ['Sorted/a.jpg', desk.inTrash(state)]);
  });

  it('leaves alone what is the sorted file itself, by another path', async () => {
    await using desk = await Desk.create('Sorted/a.jpg');
    symlinkSync(desk.at('Sorted'), desk.at('alias'));
    await endOf(desk.run(desk.found('alias/a.jpg'), desk.stage({ sorted: [desk.sorted('Sorted/a.jpg')] })));
    assert.deepEqual(desk.operations, []);
    rmSync(desk.at('alias'));
    assert.deepEqual(desk.files(), ['Sorted/a.jpg']);
  });

  it('leaves both where they are when the name in the trash is taken', async () => {
    await using desk = await Desk.create('Inbox/b.jpg', 'Inbox/b.jpg.xmp', 'Sorted/a.jpg');
    const state = desk.found('Inbox/b.jpg');
    mkdirSync(desk.trash);
    writeFileSync(desk.at(desk.inTrash(state)), 'of somebody else');
    const before = desk.files();
    const error = await errorOf(desk.run(state, desk.stage({ sorted: [desk.sorted('Sorted/a.jpg')] })));
    assert.deepEqual([error.reason, error.unfinished], ['exists', false]);
    assert.deepEqual(desk.files(), before);
    assert.equal(readFileSync(desk.at(desk.inTrash(state)), 'utf8'), 'of somebody else');
  });

  it('takes the sidecar there later when that could not follow at once, and reports both', async () => {
    await using desk = await Desk.create('Inbox/b.jpg', 'Inbox/b.jpg.xmp', 'Sorted/a.jpg');
    const state = desk.found('Inbox/b.jpg');
    const sorted = [desk.sorted('Sorted/a.jpg')];
    const files = new NodeFiles();
    files.move = (from, ...rest) =>
      from.endsWith('.xmp')
        ? Promise.reject(new ImageError('not-writable', 'the plug is pulled'))
        : new NodeFiles().move(from, ...rest);
    const error = await errorOf(desk.run(state, desk.stage({ sorted, files })));
    assert.deepEqual([error.reason, error.unfinished], ['not-writable', true]);
    assert.deepEqual(desk.operations, [], 'nothing is told before it is done');
    const begun: ImageState = { ...state, intent: { stage: 'scan', operations: desk.intents[0]?.operations ?? [] } };
    const again = await errorOf(desk.run(begun, desk.stage({ sorted, files })));
    assert.ok(again.unfinished, 'nor is it given up');
    const why = await endOf(desk.run(begun, desk.stage({ sorted })));
    assert.ok(why.includes(desk.at(desk.inTrash(state))), why);
    assert.deepEqual(desk.operations.map(({ to }) => to), ['', '.xmp'].map((end) => desk.at(desk.inTrash(state)) + end)); // prettier-ignore
    assert.deepEqual(desk.files(), ['Sorted/a.jpg', desk.inTrash(state), `${desk.inTrash(state)}.xmp`]);
  });

  /** Killed right after the image went to the trash, before anything else. */
  async function cutOffInTrash(desk: Desk, name: string, sorted: readonly SortedFile[]): Promise<ImageState> {
    const state = desk.found(name);
    const files = new NodeFiles();
    let isGone = false;
    files.move = async (...args) => {
      await new NodeFiles().move(...args);
      isGone = true;
    };
    files.hash = (...args) => (isGone ? Promise.reject(new Error('killed')) : new NodeFiles().hash(...args));
    await assert.rejects(desk.run(state, desk.stage({ sorted, files })), /killed/);
    return { ...state, intent: { stage: 'scan', operations: desk.intents[0]?.operations ?? [] } };
  }

  it('puts back what turns out to be the sorted file itself, when it was cut off before it had looked', async () => {
    await using desk = await Desk.create('Sorted/a.jpg');
    symlinkSync(desk.at('Sorted'), desk.at('alias'));
    const sorted = [desk.sorted('Sorted/a.jpg')];
    const state = await cutOffInTrash(desk, 'alias/a.jpg', sorted);
    assert.deepEqual(
      desk.files().filter((name) => name.startsWith('Sorted')),
      [],
    );
    await desk.run(state, desk.stage({ sorted }));
    assert.ok(desk.files().includes('Sorted/a.jpg'), desk.files().join());
    assert.deepEqual(desk.operations, []);
  });

  it('puts back one whose twin has gone since, with its sidecar, and takes it as any other', async () => {
    await using desk = await Desk.create('Inbox/b.jpg', 'Inbox/b.jpg.xmp', 'Sorted/a.jpg');
    const sorted = [desk.sorted('Sorted/a.jpg')];
    const state = await cutOffInTrash(desk, 'Inbox/b.jpg', sorted);
    // its sidecar had followed as well
    renameSync(desk.at('Inbox/b.jpg.xmp'), desk.at(`${desk.inTrash(state)}.xmp`));
    rmSync(desk.at('Sorted/a.jpg'));
    const outcome = await desk.run(state, desk.stage({ sorted }));
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(desk.files(), ['Inbox/b.jpg', 'Inbox/b.jpg.xmp']);
  });

  it('reports nothing of one that somebody has taken elsewhere before it went there', async () => {
    await using desk = await Desk.create('Inbox/b.jpg', 'Inbox/b.jpg.xmp', 'Sorted/a.jpg');
    const state = desk.found('Inbox/b.jpg');
    const to = desk.at(desk.inTrash(state));
    const operations = [{ at: '', op: 'trash', from: state.image.path, to }] as const;
    renameSync(state.image.path, desk.at('mine.jpg'));
    const begun: ImageState = { ...state, intent: { stage: 'scan', operations } };
    const stage = desk.stage({ sorted: [desk.sorted('Sorted/a.jpg')] });
    assert.equal((await errorOf(desk.run(begun, stage))).reason, 'vanished');
    assert.deepEqual(desk.operations, []);
    assert.deepEqual(desk.files(), ['Inbox/b.jpg.xmp', 'Sorted/a.jpg', 'mine.jpg']);
  });

  it('begins again with one that was to go there and has not', async () => {
    await using desk = await Desk.create('Inbox/b.jpg');
    const state = desk.found('Inbox/b.jpg');
    const operations = [{ at: '', op: 'trash', from: state.image.path, to: desk.at(desk.inTrash(state)) }] as const;
    const outcome = await desk.run({ ...state, intent: { stage: 'scan', operations } });
    assert.equal(outcome.kind, 'done', 'what it was a duplicate of is gone');
    assert.deepEqual(desk.files(), ['Inbox/b.jpg']);
  });

  it('says of one that is gone, and was not on its way there, that it is', async () => {
    await using desk = await Desk.create('Inbox/b.jpg');
    const state = desk.found('Inbox/b.jpg');
    rmSync(state.image.path);
    const operations = [{ at: '', op: 'write', to: `${state.image.path}.xmp` }] as const;
    for (const one of [state, { ...state, intent: { stage: 'xmp', operations } } as const]) {
      const error = await errorOf(desk.run(one));
      assert.deepEqual([error.reason, error.unfinished], ['vanished', false]);
    }
  });
});

async function errorOf(outcome: Promise<unknown>): Promise<ImageError> {
  const error = await outcome.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ImageError, String(error));
  return error;
}
