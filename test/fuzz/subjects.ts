import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import sharp from 'sharp';
import { NodeBesideFiles } from '../../src/adapters/evidence/nodeBesideFiles.ts';
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { fingerprint } from '../../src/adapters/files/fingerprint.ts';
import { SharpLookMaker } from '../../src/adapters/image/sharpLookMaker.ts';
import { SharpUploadMaker } from '../../src/adapters/image/sharpUploadMaker.ts';
import { modelInputs } from '../../src/adapters/onnx/modelInputs.ts';
import { readPreferences } from '../../src/core/learning/preferencesFile.ts';
import type { ImageId } from '../../src/core/model/ids.ts';
import { resolveSettings } from '../../src/core/settings/resolveSettings.ts';
import { planUndo } from '../../src/core/undo/planUndo.ts';
import { readManifest } from '../../src/core/undo/runManifest.ts';
import { readSettingsFile } from '../../src/terminal/settingsFile.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';
import { flagAsBmp, flagAsHeic } from '../adapters/image/specimens.ts';
import { sampleInbox } from '../services/samplePosts.ts';
import { databaseSeed, journalSeed, readJournal, useDatabase, useLongValues } from './spoiledWorkingFolder.ts';

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
  return [...made, await flagAsBmp(), await flagAsHeic(), readFileSync(join(sampleInbox, 'blink.gif'))];
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

/** @param folder for what is made on the way */
export async function subjectsIn(folder: string): Promise<Readonly<Record<string, Subject>>> {
  mkdirSync(folder, { recursive: true });
  const journal = await journalSeed(join(folder, 'seed of a journal'));
  const database = await databaseSeed(join(folder, 'seed of a database'));
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
      seeds: [journal.journal],
      place: '.image-inbox/journal/000001.ndjson',
      throws: ['FatalError'],
      feed: (path) => {
        put(path.replace(/ndjson$/, 'digest'), journal.digest);
        return readJournal(dirname(dirname(path)));
      },
    },
    digest: {
      seeds: [journal.digest],
      place: '.image-inbox/journal/000001.digest',
      throws: [],
      feed: async (path) => {
        put(path.replace(/digest$/, 'ndjson'), journal.journal);
        assert.equal(await readJournal(dirname(dirname(path))), journal.says);
      },
    },
    database: {
      seeds: [database.database],
      place: '.image-inbox/image-inbox.db',
      throws: ['FatalError'],
      feed: (path) => {
        put(join(dirname(path), database.valuesName), database.values);
        return useDatabase(path);
      },
    },
    values: {
      seeds: [database.values],
      place: `.image-inbox/${database.valuesName}`,
      throws: [],
      feed: (path) => useLongValues(path, database),
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
