import { createRequire } from 'node:module';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import sharp from 'sharp';
import { NodeBesideFiles } from '../../src/adapters/evidence/nodeBesideFiles.ts';
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { fingerprint } from '../../src/adapters/files/fingerprint.ts';
import { NodeJournalFolder } from '../../src/adapters/files/nodeJournal.ts';
import { SharpLookMaker } from '../../src/adapters/image/sharpLookMaker.ts';
import { SharpUploadMaker } from '../../src/adapters/image/sharpUploadMaker.ts';
import { modelInputs } from '../../src/adapters/onnx/modelInputs.ts';
import { SqljsStore } from '../../src/adapters/sqljs/sqljsStore.ts';
import { Journal } from '../../src/core/journal/journal.ts';
import { replay } from '../../src/core/journal/replay.ts';
import { readPreferences } from '../../src/core/learning/preferencesFile.ts';
import type { ContentHash, ImageId } from '../../src/core/model/ids.ts';
import { resolveSettings } from '../../src/core/settings/resolveSettings.ts';
import { planUndo } from '../../src/core/undo/planUndo.ts';
import { readManifest } from '../../src/core/undo/runManifest.ts';
import { readSettingsFile } from '../../src/terminal/settingsFile.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';
import { sampleInbox } from '../services/samplePosts.ts';

/** Something that is fed with spoiled bytes. */
export interface Subject {
  /** whole ones, to be spoiled */
  readonly seeds: readonly Buffer[];
  /** where the bytes are put, below the folder of the trial */
  readonly place: string;
  /** what it may throw: errors that are told to people */
  readonly throws: readonly string[];
  feed(path: string, folder: string): Promise<unknown>;
}

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const never = new AbortController().signal;
const sidecars = new ExiftoolMetadataWriter({ maxProcs: 1, config: '', log: silentLog });

async function feedImage(path: string): Promise<void> {
  const { size, mtimeMs } = lstatSync(path);
  await fingerprint({ id: '0' as ImageId, path, size, mtimeMs }, never);
  await new SharpLookMaker().look(path);
  await new SharpUploadMaker().makeUpload(path);
  await modelInputs(path, 64);
}

async function picturesOfAllFormats(): Promise<readonly Buffer[]> {
  const picture = sharp(readFileSync(join(sampleInbox, 'aoi hoshino - harbor night.png'))).resize(200);
  const made = await Promise.all([
    picture.clone().jpeg().toBuffer(),
    picture.clone().png().toBuffer(),
    picture.clone().webp().toBuffer(),
    picture.clone().gif().toBuffer(),
    picture.clone().tiff().toBuffer(),
    picture.clone().avif().toBuffer(),
    picture.clone().jpeg({ progressive: true }).keepMetadata().toBuffer(),
  ]);
  return [...made, readFileSync(join(sampleInbox, 'blink.gif'))];
}

const SIDECAR = `<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:digiKam='http://www.digikam.org/ns/1.0/'>
<dc:subject><rdf:Bag><rdf:li>blue eyes</rdf:li><rdf:li>猫 &amp; &#x1F338;</rdf:li></rdf:Bag></dc:subject>
<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>a text</rdf:li></rdf:Alt></dc:description>
<digiKam:TagsList><rdf:Seq><rdf:li>general/blue eyes</rdf:li></rdf:Seq></digiKam:TagsList>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>`;

const MANIFEST = (folder: string): string =>
  JSON.stringify({
    version: 1,
    runId: 'r',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: '2026-01-01T00:00:01Z',
    configuration: {
      folders: { inbox: join(folder, 'Inbox'), sorted: join(folder, 'Sorted'), working: join(folder, 'Working') },
    },
    images: [
      {
        source: join(folder, 'Inbox/a.jpg'),
        sha256: 'a'.repeat(64),
        destination: join(folder, 'Sorted/x/a.jpg'),
        stages: { sync: { status: 'done', destination: '/nas/x/a.jpg' } },
        operations: [
          { op: 'mkdir', to: join(folder, 'Sorted/x') },
          { op: 'move', from: join(folder, 'Inbox/a.jpg'), to: join(folder, 'Sorted/x/a.jpg'), sha256: 'a'.repeat(64) },
        ],
      },
    ],
  });

const SETTINGS = `{ // settings
  "imageInbox.directories.nas": "/nas", "imageInbox.workflow.batchSize": 20,
  "imageInbox.search.providers": ["danbooru-md5"], "imageInbox.sync.options": ["--bwlimit", "1M"],
  "imageInbox.categories": [{ "category": "A/{artist}", "when": { "tags": ["*"], "persons": { "min": 1 } } }],
}`;

const PREFERENCES = JSON.stringify({
  kind: 'image-inbox-preferences',
  version: 1,
  exportedAt: '2026-01-01T00:00:00.000Z',
  corrections: [
    {
      image: 'b'.repeat(64),
      at: '2026-01-01T00:00:00.000Z',
      by: 'review',
      name: 'a',
      from: 'A',
      to: 'B',
      features: ['x'],
    },
  ],
});

async function journalBytes(folder: string): Promise<Buffer> {
  const working = join(folder, 'seed of a journal');
  const states = { id: 'i1', path: '/in/a.jpg', size: 3, mtimeMs: 1 };
  const lines = [
    { kind: 'run-started', at: '2026-01-01T00:00:00Z', runId: 'r', version: '1', plan: { command: 'process', sorted: '/s', skip: [], reprocess: false, offline: false, overrides: {} } },
    { kind: 'image-found', image: states },
    { kind: 'stage-ended', image: 'i1', stage: 'scan', record: { outcome: { kind: 'done', result: { format: 'jpeg', sha256: 'a'.repeat(64), md5: 'b'.repeat(32) } }, ms: 1 } },
    { kind: 'image-settled', at: '2026-01-01T00:00:01Z', image: 'i1', fate: 'processed' },
    { kind: 'run-ended', at: '2026-01-01T00:00:02Z', outcome: 'completed' },
  ].map((line) => JSON.stringify(line)); // prettier-ignore
  const file = await new NodeJournalFolder(working).create(lines);
  await file.close();
  return readFileSync(join(working, 'journal/000001.ndjson'));
}

async function databaseBytes(folder: string): Promise<Buffer> {
  const file = join(folder, 'seed of a database', 'image-inbox.db');
  const store = await SqljsStore.open({ file, wasm, log: silentLog });
  for (let n = 0; n < 20; n++) {
    const sha256 = String(n).padStart(64, '0') as ContentHash;
    store.rememberSorted({ sha256, path: `/s/${n}.jpg`, source: `/i/${n}.jpg`, at: n }, ['a', `b${n}`]);
    store.rememberAnswer({ provider: 'iqdb', variant: '', sha256, at: n, answer: { kind: 'no-match', threshold: 80 } });
  }
  await store.checkpoint({ journal: 1, offset: 1 });
  store.close();
  return readFileSync(file);
}

/** @param folder for what is made on the way */
export async function subjectsIn(folder: string): Promise<Readonly<Record<string, Subject>>> {
  mkdirSync(folder, { recursive: true });
  return {
    images: {
      seeds: await picturesOfAllFormats(),
      place: 'Inbox/picture.jpg',
      throws: ['ImageError', 'DecoderLacks'],
      feed: feedImage,
    },
    sidecars: {
      seeds: [Buffer.from(SIDECAR), Buffer.from(SIDECAR, 'utf16le')],
      place: 'Inbox/a.jpg.xmp',
      throws: ['ImageError'],
      feed: (path) => sidecars.readSidecar(path),
    },
    beside: {
      seeds: [Buffer.from('{"category":"danbooru","id":1,"tags":["a","b"],"md5":"x"}'), Buffer.from('a\ncreator:b\n')],
      place: 'Inbox/a.jpg.json',
      throws: ['ImageError'],
      feed: (path) => new NodeBesideFiles().read(path.replace(/\.json$/, ''), never),
    },
    journal: {
      seeds: [await journalBytes(folder)],
      place: '.image-inbox/journal/000001.ndjson',
      throws: ['FatalError'],
      feed: async (path) => {
        const file = await new NodeJournalFolder(dirname(dirname(path))).openLatest();
        if (!file) throw new Error('no journal');
        try {
          await replay(new Journal(file));
        } finally {
          await file.close();
        }
      },
    },
    database: {
      seeds: [await databaseBytes(folder)],
      place: '.image-inbox/image-inbox.db',
      throws: ['FatalError'],
      feed: async (path) => {
        const store = await SqljsStore.open({ file: path, wasm, log: silentLog });
        try {
          for (const { sha256 } of store.allSorted()) store.answer('iqdb', '', sha256, 0);
          store.rememberSorted({ sha256: 'f'.repeat(64) as ContentHash, path: '/s', source: '/i', at: 1 });
          await store.checkpoint({ journal: 2, offset: 2 });
        } finally {
          store.close();
        }
        // each trial begins without what the last one has set aside
        rmSync(dirname(path), { recursive: true, force: true });
      },
    },
    manifests: {
      seeds: [Buffer.from(MANIFEST(folder))],
      place: 'Sorted/manifest_20260101_000000.json',
      throws: ['ManifestInvalid'],
      feed: (path) => {
        const manifest = readManifest(readFileSync(path, 'utf8'));
        const { inbox, sorted, working, inboxes = [] } = manifest.configuration.folders;
        const allowed = [inbox, sorted, working, ...inboxes].map((one) => one.replace(/\/*$/, sep));
        for (const wanted of planUndo(manifest).folders) {
          if (!allowed.some((one) => wanted.startsWith(one))) throw new Error(`${wanted} would be removed`);
        }
        return Promise.resolve();
      },
    },
    preferences: {
      seeds: [Buffer.from(PREFERENCES)],
      place: 'preferences.json',
      throws: ['PreferencesInvalid'],
      feed: (path) => Promise.resolve(readPreferences(readFileSync(path, 'utf8'))),
    },
    settings: {
      seeds: [Buffer.from(SETTINGS)],
      place: '.vscode/settings.json',
      throws: ['SettingsError'],
      feed: async (_, folder) => resolveSettings(await readSettingsFile(folder)),
    },
  };
}

export function put(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
