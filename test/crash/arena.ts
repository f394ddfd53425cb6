import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import initSqlJs from 'sql.js';
import { parseXmp } from '../../src/adapters/exiftool/parseXmp.ts';
import { readFields } from '../../src/adapters/exiftool/readFields.ts';
import { decodeLine } from '../../src/adapters/files/journalLines.ts';
import { NodeDecisionBox } from '../../src/adapters/files/nodeDecisionBox.ts';
import { NodeJournalFolder } from '../../src/adapters/files/nodeJournal.ts';
import type { JournalEvent } from '../../src/core/journal/events.ts';
import type { ImageState } from '../../src/core/model/imageState.ts';
import { NO_TAGS } from '../../src/core/model/tag.ts';
import { waitingImages } from '../../src/core/pipeline/status.ts';
import { tagText } from '../../src/core/sidecar/tagText.ts';
import { suggestionOf } from '../../src/core/stages/suggestion.ts';
import { CollectedLog } from '../adapters/support/collectedLog.ts';
import { assertAddsUp, filesBelow, type Ended, type Manifest, type ManifestImage } from '../cli/commandLine.ts';
import { sampleSaucenaoKey, unlimited } from '../services/saucenao.ts';
import type { LoggedRequest } from '../services/service.ts';
import { startServices, type Services } from '../services/start.ts';
import type { Moment } from './moment.ts';
import { digest, writeSpecimens, type Specimen } from './specimens.ts';

const CLI = resolve(import.meta.dirname, '../../dist/cli.js');
const MORTAL = resolve(import.meta.dirname, 'mortal.ts');
const REPORT = /^(manifest|errors)_/;
const TEMPORARY = /^\.image-inbox-|\.tmp$|_exiftool_tmp$|^lock(\.|$)/;
/** The services keep the pictures of so many requests: more than one process sends. */
const UPLOADS_KEPT = 5000;

/** Which tags need no person. */
export type Approve = 'none' | 'all';

export interface ArenaOptions {
  readonly images: number;
  readonly transfer: 'move' | 'copy';
  /** absolute path of an existing folder for Sorted; beside the inbox if not given */
  readonly sortedIn?: string;
}

/**
 * An inbox, stand-in services and the real command line, whose processes are killed. What must hold after every kill and at
 * the end is asserted here, from the files, the journal and the services' logs, never by asking the program.
 */
export class Arena implements AsyncDisposable {
  readonly dir: string;
  readonly inbox: string;
  readonly sorted: string;
  readonly nas: string;
  readonly working: string;
  private readonly services: Services;
  private readonly specimens: readonly Specimen[];
  private readonly bySha: ReadonlyMap<string, Specimen>;
  private readonly transfer: 'move' | 'copy';
  private readonly decisions: NodeDecisionBox;
  /** contents of which the inbox has a second copy */
  private readonly twice: readonly string[];

  private constructor(dir: string, services: Services, specimens: readonly Specimen[], options: ArenaOptions) {
    this.dir = dir;
    this.inbox = join(dir, 'Inbox');
    this.sorted = options.sortedIn === undefined ? join(dir, 'Sorted') : mkdtempSync(join(options.sortedIn, 'Sorted '));
    this.nas = join(dir, 'NAS');
    this.working = join(dir, '.image-inbox');
    this.decisions = new NodeDecisionBox(join(this.working, 'decisions'), new CollectedLog());
    this.services = services;
    this.specimens = specimens;
    this.bySha = new Map(specimens.map((one) => [one.sha256, one]));
    this.transfer = options.transfer;
    mkdirSync(this.nas);
    const twice = specimens.slice(0, Math.ceil(specimens.length / 30));
    this.twice = twice.map(({ sha256 }) => sha256).sort();
    for (const { name } of twice) cpSync(join(this.inbox, name), join(this.inbox, 'sub', `again ${name}`));
    // passed over, which the journal tells in a line of another kind
    symlinkSync(join(this.inbox, twice[0]?.name ?? ''), join(this.inbox, 'sub/link.jpg'));
  }

  static async create(options: ArenaOptions): Promise<Arena> {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'crash ')));
    mkdirSync(join(dir, 'Inbox/sub'), { recursive: true });
    const specimens = await writeSpecimens(join(dir, 'Inbox'), options.images);
    const posts = specimens.flatMap(({ post }) => post ?? []);
    const kept = { uploadsKept: UPLOADS_KEPT };
    const services = await startServices(posts, {
      saucenao: { limits: unlimited, ...kept },
      iqdb: kept,
      danbooru: kept,
    });
    return new Arena(dir, services, specimens, options);
  }

  get begun(): boolean {
    return this.journals().length > 0;
  }

  /** The journal says that it was completed, whether its process lived to tell or not. */
  get over(): boolean {
    const last = [...this.events()].at(-1);
    return last?.kind === 'run-ended' && last.outcome === 'completed';
  }

  /** Runs the command line, killed at that moment if it gets there. @returns exit code null when it was */
  async run(command: 'process' | 'resume' | 'sync', at?: Moment, approve: Approve = 'all'): Promise<Ended> {
    const { saucenao, iqdb, danbooru } = this.services;
    const settings = {
      'saucenao.endpoint': saucenao.url,
      'iqdb.endpoint': iqdb.url,
      'danbooru.endpoint': danbooru.url,
      'iqdb.secondsBetween': 0,
      'danbooru.secondsBetween': 0,
      'workflow.transfer': this.transfer,
    };
    const args = [
      ...(at && at.kind !== 'time' ? ['--import', MORTAL] : []),
      CLI,
      command,
      ...['--workspace', this.dir, '--sorted', this.sorted, '--nas', this.nas, '--quiet'],
      ...(command === 'sync' ? [] : ['--approve', approve]),
      ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, SAUCENAO_API_KEY: sampleSaucenaoKey, ...(at && { MOMENT: JSON.stringify(at) }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = at?.kind === 'time' ? setTimeout(() => child.kill('SIGKILL'), at.ms) : undefined;
    // not `close`: an ExifTool that outlives the process for a moment holds its streams
    const code = await new Promise<number | null>((done) => child.once('exit', done));
    clearTimeout(timer);
    return { code, stdout, stderr };
  }

  /** The images that wait for a person. */
  waiting(): Promise<readonly ImageState[]> {
    return waitingImages(new NodeJournalFolder(this.working), this.decisions);
  }

  /** A person takes what is suggested for the image, by another process. */
  async decide(state: ImageState | undefined): Promise<void> {
    assert.ok(state, 'an image waits');
    const tags = suggestionOf(state, 0)?.tags ?? NO_TAGS;
    await this.decisions.post([{ image: state.image.id, decision: { decision: 'approved', tags } }]);
  }

  /** A person takes the decision back. */
  async takeBack(state: ImageState | undefined): Promise<void> {
    assert.ok(state, 'an image waits');
    await this.decisions.post([{ image: state.image.id }]);
  }

  /** What must hold at every moment: no original lost, nothing half-written under a final name, the journal readable. */
  assertNothingLost(): void {
    const there = new Set<string>();
    for (const folder of [this.inbox, this.sorted, this.nas]) {
      for (const file of filesBelow(folder)) {
        const path = join(folder, file);
        if (basename(file).startsWith('.') || file.startsWith('.')) continue;
        if (file.endsWith('.xmp')) {
          assert.doesNotThrow(() => parseXmp(readFileSync(path)), `${path} is whole`);
        } else if (folder === this.sorted && REPORT.test(file)) {
          if (file.endsWith('.json')) JSON.parse(readFileSync(path, 'utf8'));
        } else {
          const sha256 = this.hash(path);
          assert.ok(this.bySha.has(sha256), `${path} has the bytes of an original`);
          if (folder !== this.nas) there.add(sha256);
        }
      }
    }
    for (const { sha256, name } of this.specimens) assert.ok(there.has(sha256), `${name} is lost`);
  }

  /** The readable reports of what failed, all runs together. */
  errorReports(): string {
    const names = filesBelow(this.sorted).filter((file) => file.startsWith('errors_'));
    return names.map((name) => readFileSync(join(this.sorted, name), 'utf8')).join('\n');
  }

  /** Answers that the journals hold: by service and picture. */
  answered(): ReadonlySet<string> {
    const known = new Set<string>();
    for (const event of this.events()) if (event.kind === 'answered') known.add(`${event.provider} ${event.sha256}`);
    return known;
  }

  /** No service was asked, since the last call, for what was known already. */
  assertNotAskedAgain(known: ReadonlySet<string>): void {
    const { saucenao, iqdb, danbooru } = this.services;
    for (const [provider, { requests }] of [
      ['saucenao', saucenao],
      ['iqdb', iqdb],
      ['danbooru', danbooru],
    ] as const) {
      for (const request of requests) {
        const about = this.about(provider, request);
        if (about !== undefined) assert.ok(!known.has(about), `${about} was asked for again`);
      }
    }
    for (const service of [saucenao, iqdb, danbooru]) service.forget();
  }

  /** What must hold when it is done. */
  async assertDone(): Promise<void> {
    this.assertNothingLost();
    this.assertOriginals();
    const sorted = this.assertSidecars();
    this.assertManifests(sorted);
    assert.deepEqual(filesBelow(this.nas), sorted, 'the NAS has the same files');
    for (const file of sorted) {
      assert.equal(this.hash(join(this.nas, file)), this.hash(join(this.sorted, file)), `${file} on the NAS`);
    }
    for (const dir of [this.inbox, this.sorted, this.nas, this.working]) {
      const left = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((f) => TEMPORARY.test(basename(f)));
      assert.deepEqual(left, [], `temporary files in ${dir}`);
    }
    await this.assertDatabase(sorted);
  }

  private assertOriginals(): void {
    const inbox = this.images(this.inbox).map((file) => this.hash(join(this.inbox, file)));
    const sorted = this.images(this.sorted).map((file) => this.hash(join(this.sorted, file)));
    const expected = this.specimens.map(({ sha256 }) => sha256).sort();
    assert.deepEqual(sorted.sort(), expected, 'every picture once in Sorted');
    const left = this.transfer === 'move' ? this.twice : [...expected, ...this.twice].sort();
    assert.deepEqual(inbox.sort(), left, 'what stays in the inbox');
  }

  /** @returns the sorted files, sidecars among them */
  private assertSidecars(): string[] {
    const files = filesBelow(this.sorted).filter((file) => !REPORT.test(file) && !basename(file).startsWith('.'));
    const images = files.filter((file) => !file.endsWith('.xmp'));
    assert.deepEqual(files, images.flatMap((file) => [file, `${file}.xmp`]).sort(), 'one sidecar each');
    for (const file of images) {
      const specimen = this.bySha.get(this.hash(join(this.sorted, file)));
      assert.ok(specimen);
      const fields = readFields(parseXmp(readFileSync(join(this.sorted, `${file}.xmp`))));
      const words = new Set(fields.subject ?? []);
      for (const tag of specimen.post?.tags.general ?? []) {
        assert.ok(words.has(tagText(tag, 'lower')), `${file}.xmp has ${tag}`);
      }
      if (!specimen.post) assert.equal(fields.source, undefined, `${file}.xmp names no post`);
      assert.equal(new Set(fields.subject).size, fields.subject?.length ?? 0, `${file}.xmp says nothing twice`);
    }
    return files;
  }

  /** Of several runs over the same inbox, the last word on each image counts. */
  private assertManifests(sorted: readonly string[]): void {
    const names = filesBelow(this.sorted).filter((file) => file.startsWith('manifest_'));
    const manifests = names.map((name) => JSON.parse(readFileSync(join(this.sorted, name), 'utf8')) as Manifest);
    const last = manifests.at(-1);
    assert.ok(last, 'there is a manifest');
    assert.equal(last.outcome, 'completed');
    const images = new Map<string, ManifestImage>();
    for (const manifest of manifests) {
      assertAddsUp(manifest);
      const sources = new Set(manifest.images.map(({ source }) => source));
      assert.equal(sources.size, manifest.images.length, 'a manifest tells of each image once');
      for (const image of manifest.images) {
        // a copied image stays in the inbox, and the next run passes it over
        if (image.destination !== undefined || !images.has(image.source)) images.set(image.source, image);
      }
    }
    assert.equal(images.size, this.specimens.length + this.twice.length + 1, 'all are in the manifests');
    if (manifests.length === 1) {
      assert.equal(last.statistics['processed'], this.specimens.length);
      assert.equal(last.statistics['skipped'], this.twice.length + 1);
    }
    const moved = [...images.values()].filter(({ destination }) => destination !== undefined);
    const there = sorted.filter((file) => !file.endsWith('.xmp')).map((file) => join(this.sorted, file));
    assert.deepEqual(moved.map(({ destination }) => destination).sort(), there.sort(), 'they say where each is');
    for (const { destination = '', sha256, operations } of moved) {
      assert.equal(this.hash(destination), sha256);
      const moves = operations.filter(({ op, to }) => (op === 'move' || op === 'copy') && to === destination);
      assert.equal(moves.length, 1, `${destination} was moved once`);
    }
  }

  /** The database, which was lost in part at every kill, knows all that the journal told. */
  private async assertDatabase(sorted: readonly string[]): Promise<void> {
    const { Database } = await initSqlJs();
    const database = new Database(readFileSync(join(this.working, 'image-inbox.db')));
    try {
      // one without a path says no more than that an image was sorted once
      const found = database.exec(`SELECT path FROM sorted_files WHERE path <> ''`)[0]?.values ?? [];
      const paths = found.map(([path]) => String(path));
      const images = sorted.filter((file) => !file.endsWith('.xmp')).map((file) => join(this.sorted, file));
      assert.deepEqual(paths.sort(), images.sort(), 'the database knows what is sorted');
      const rows = database.exec('SELECT provider, lower(hex(sha256)) FROM answers')[0]?.values ?? [];
      const known = new Set(rows.map(([provider, sha256]) => `${String(provider)} ${String(sha256)}`));
      for (const answer of this.answered()) assert.ok(known.has(answer), `the database knows the answer ${answer}`);
    } finally {
      database.close();
    }
  }

  private images(folder: string): string[] {
    return filesBelow(folder).filter(
      (file) =>
        !file.endsWith('.xmp') && !(folder === this.sorted && REPORT.test(file)) && !basename(file).startsWith('.'),
    );
  }

  /** `provider picture`, as `answered` has it; undefined for requests that are about no picture of ours. */
  private about(service: 'saucenao' | 'iqdb' | 'danbooru', request: LoggedRequest): string | undefined {
    const md5 = /^md5:(\w+)$/.exec(request.query.get('tags') ?? '')?.[1];
    if (service === 'danbooru' && md5 !== undefined) {
      const specimen = this.specimens.find((one) => one.md5 === md5);
      return specimen && `danbooru-md5 ${specimen.sha256}`;
    }
    const [file] = request.files;
    if (!file) return undefined;
    const upload = digest('sha256', file.data);
    const specimen = this.specimens.find((one) => one.upload === upload);
    assert.ok(specimen, `${service} was sent a picture that is none of ours`);
    return `${service === 'danbooru' ? 'danbooru-iqdb' : service} ${specimen.sha256}`;
  }

  private hash(path: string): string {
    return digest('sha256', readFileSync(path));
  }

  private journals(): string[] {
    const folder = join(this.working, 'journal');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .map((name) => join(folder, name));
  }

  /** Of all journals, whole lines only. */
  private *events(): Generator<JournalEvent> {
    for (const journal of this.journals()) {
      const bytes = readFileSync(journal);
      for (let start = 0; ;) {
        const stop = bytes.indexOf(0x0a, start);
        if (stop < 0) break;
        const text = decodeLine(bytes.subarray(start, stop));
        assert.ok(text !== undefined, `${journal} is damaged at byte ${start}`);
        yield JSON.parse(text) as JournalEvent;
        start = stop + 1;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.services.close();
    rmSync(this.dir, { recursive: true, force: true });
    if (dirname(this.sorted) !== this.dir) rmSync(this.sorted, { recursive: true, force: true });
  }
}
