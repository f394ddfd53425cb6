import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import initSqlJs, { type SqlValue } from 'sql.js';
import { present, versionOf, type Reader, type Seen } from './reader.ts';
import type { Says } from './says.ts';

const run = promisify(execFile);
/** Milliseconds; an import of thirty small pictures takes three seconds. */
const LONGEST = 180_000;
/** What it takes for the date of a picture that has none. */
const FILE_TIME = new Date('2020-02-02T02:02:02Z');
/** darktable counts microseconds from here. */
const YEAR_1 = Date.parse('0001-01-01T00:00:00Z');

/** darktable: imports the images with their sidecars into a library of its own, which is then looked into. */
export class DarktableReader implements Reader {
  readonly name = 'darktable';

  version(): string | undefined {
    return versionOf('darktable-cli', /darktable-cli (\S+)/);
  }

  /** All images must lie in the same folder. */
  async read(images: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
    return withLibrary(async (library) => {
      const folder = join(library.home, 'pictures');
      await mkdir(folder);
      for (const image of images) {
        for (const file of [image, `${image}.xmp`]) await copyFile(file, join(folder, basename(file)));
        await utimes(join(folder, basename(image)), FILE_TIME, FILE_TIME);
      }
      await library.import(folder);
      const known = await library.look();
      return new Map(images.map((image) => [image, known.get(basename(image)) ?? {}]));
    });
  }

  expected({ tags, description, creators = [], date, stars }: Says): Seen {
    return present({
      tags: tags.map((path) => path.join('|')).toSorted(),
      description,
      creator: creators.length > 0 ? creators.join(', ') : undefined, // it knows one
      date: (date ?? FILE_TIME.toISOString()).slice(0, 19), // it knows no zone
      stars: stars ?? 1, // its default for images without
    });
  }

  tagsOf({ tags }: Seen): readonly string[] {
    return tags as readonly string[];
  }

  /** A person gives an image a tag and stars in darktable, which then rewrites the sidecar. */
  async edit(image: string, tag: string, stars: number): Promise<void> {
    await withLibrary(async (library) => {
      await library.import(image);
      const script = join(library.home, 'edit.lua');
      await writeFile(
        script,
        `local dt = require "darktable"
        for _, image in ipairs(dt.database) do
          if image.filename ~= "other.jpg" then
            image.rating = ${stars}
            dt.tags.attach(dt.tags.create(${JSON.stringify(tag)}), image)
          end
        end`,
      );
      // The script runs beside an import, so of another picture, or the two of them would write the same sidecar.
      const other = join(library.home, 'other.jpg');
      await copyFile(image, other);
      await library.import(other, '--conf', 'write_sidecar_files=after edit', '--luacmd', `dofile("${script}")`);
    });
  }
}

interface Library {
  /** an empty folder, for anything; its path needs no quoting */
  readonly home: string;
  import(path: string, ...options: readonly string[]): Promise<void>;
  look(): Promise<ReadonlyMap<string, Seen>>;
}

async function withLibrary<T>(use: (library: Library) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'darktable-'));
  try {
    const out = join(home, 'out');
    await mkdir(out);
    let exports = 0;
    return await use({
      home,
      async import(path, ...options) {
        // it imports in order to export; the pictures that come out are of no interest
        const args = [path, join(out, `${++exports}-$(SEQUENCE).jpg`), '--width', '16', '--core', '--disable-opencl'];
        const where = ['--configdir', join(home, 'config'), '--library', join(home, 'library.db')];
        await run('darktable-cli', [...args, ...where, ...options], {
          timeout: LONGEST,
          maxBuffer: 1 << 26,
          env: { ...process.env, TZ: 'UTC' },
        });
      },
      look: () => look(join(home, 'library.db'), join(home, 'config', 'data.db')),
    });
  } finally {
    await rm(home, { recursive: true });
  }
}

async function look(library: string, data: string): Promise<ReadonlyMap<string, Seen>> {
  const { Database } = await initSqlJs();
  const images = new Database(await readFile(library));
  const names = new Database(await readFile(data));
  const rows = (database: typeof images, query: string): readonly SqlValue[][] => database.exec(query)[0]?.values ?? [];
  try {
    const tags = new Map(rows(names, 'SELECT id, name FROM tags').map(([id, name]) => [id, String(name)]));
    const tagged = rows(images, 'SELECT imgid, tagid FROM tagged_images');
    const texts = rows(images, 'SELECT id, key, value FROM meta_data');
    return new Map(
      rows(images, 'SELECT id, filename, flags, datetime_taken FROM images').map(([id, name, flags, taken]) => {
        const text = (key: number) => texts.find((row) => row[0] === id && row[1] === key && row[2] !== '')?.[2];
        return [
          String(name),
          present({
            tags: tagged
              .filter((row) => row[0] === id)
              .map((row) => tags.get(row[1] ?? null) ?? '')
              .filter((tag) => !tag.startsWith('darktable|')) // its own notes
              .toSorted(),
            creator: text(0),
            description: text(3),
            date: taken ? dateOf(Number(taken)) : undefined,
            stars: Number(flags) & 7,
          }),
        ];
      }),
    );
  } finally {
    images.close();
    names.close();
  }
}

const dateOf = (microseconds: number): string => new Date(microseconds / 1000 + YEAR_1).toISOString().slice(0, 19);
