import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { ExiftoolMetadataWriter } from '../../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { contentOf } from './contentOf.ts';
import { exiftool, exiftoolList, exiv2 } from './readers.ts';
import { SHIPPED_CONFIG } from './shippedConfig.ts';
import { silentLog } from './silentLog.ts';

const run = promisify(execFile);

describe('the sidecar writer, where others have written', () => {
  const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
  const { signal } = new AbortController();
  let folder = '';
  let image = '';
  let sidecar = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "others' “höme” 日本 😀 "));
  });
  after(async () => {
    await writer.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    image = join(folder, "a [1] it's 画像.jpg");
    sidecar = `${image}.xmp`;
  });
  const write = (...tags: readonly string[]) => writer.write(sidecar, contentOf(tags), signal);
  const tagsList = () => exiftoolList(sidecar, 'XMP-digiKam:TagsList');
  const flat = () => exiftoolList(sidecar, 'XMP-dc:Subject');
  const paint = (path: string) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).toFile(path);

  it('keeps what was removed and added in Immich, which writes TagsList alone, when the image is processed again', async () => {
    await write('one', 'two', '^_^');
    await exiftool(
      '-overwrite_original',
      '-XMP-digiKam:TagsList=general/two',
      '-XMP-digiKam:TagsList=Trips/Rom, 日本',
      sidecar,
    );
    assert.deepEqual(await write('one', 'two', '^_^', 'three'), { written: true, conflicts: [], notes: [] });
    const expected = ['general/two', 'Trips/Rom, 日本', 'general/three'];
    assert.deepEqual(await tagsList(), expected);
    assert.deepEqual(await flat(), ['two', 'Rom, 日本', 'three']);
    assert.match(
      await exiftool('-XMP-ImageInbox:RemovedTags', sidecar),
      /general\/one \| danbooru:1 .* \|\| general\/\^_\^/,
    );
    assert.deepEqual(await write('one', 'two', '^_^', 'three'), { written: false, conflicts: [], notes: [] });
  });

  it('finds its own fields again behind Exiv2, by which darktable and digiKam write', async () => {
    const description = 'ours';
    await writer.write(sidecar, contentOf(['one', '|_|'], { description }), signal);
    await run('exiv2', ['-M', 'add Xmp.lr.hierarchicalSubject Mine|New', '-M', 'add Xmp.dc.subject New', sidecar]);
    await run('exiv2', ['-M', 'set Xmp.dc.description lang="x-default" mine', '-M', 'set Xmp.xmp.Label Red', sidecar]);
    const next = contentOf(['two'], { description: 'ours, new' });
    const { conflicts } = await writer.write(sidecar, next, signal);
    assert.deepEqual(conflicts, [
      'description: “mine” was written by somebody else and stays; “ours, new” was not written',
    ]);
    assert.deepEqual(await tagsList(), ['Mine/New', 'general/two']);
    const seen = await exiv2(sidecar);
    assert.match(
      seen,
      /ImageInbox\.TagSources +\d+ {2}Mine\/New \| found in the sidecar \|\| general\/two \| danbooru:1/,
    );
    assert.match(seen, /xmp\.Label +3 {2}Red/);
    assert.equal(await exiftool('-s3', '-XMP-tiff:ImageDescription', sidecar), 'mine\n');
  });

  it('leaves the same text in other languages as it is, when its own changes and when it goes', async () => {
    await writer.write(sidecar, contentOf([], { description: 'ours', title: 'T' }), signal);
    await exiftool('-overwrite_original', '-XMP-dc:Description-de=deins', sidecar);
    await writer.write(sidecar, contentOf([], { description: 'new' }), signal);
    const said = () => exiftool('-s3', '-XMP-dc:Description', '-XMP-dc:Description-de', '-XMP-dc:Title', sidecar);
    assert.equal(await said(), 'new\ndeins\n');
    await write();
    assert.equal(await said(), 'deins\n');
  });

  it('carries tags over that are embedded in the image, and overrides nothing that the image says', async () => {
    await paint(image);
    await exiftool(
      '-overwrite_original', '-IPTC:Keywords=1e3', '-IPTC:Keywords=true', '-XMP-lr:HierarchicalSubject=Places|Home, sweet',
      '-XMP-dc:Subject=Home, sweet', '-XMP-dc:Creator=Me', '-IFD0:ImageDescription={ready}', '-ExifIFD:DateTimeOriginal=2001:02:03 04:05:06',
      '-XMP-xmp:Rating=4', image,
    ); // prettier-ignore
    const before = [await readFile(image), (await stat(image)).mtimeMs];
    const content = contentOf(['one'], {
      creators: ['artist'],
      description: 'ours',
      date: '2024-05-06T07:08:09Z',
      rating: 5,
    });
    await writer.write(sidecar, content, signal);
    assert.deepEqual(await tagsList(), ['Places/Home, sweet', 'general/one']);
    assert.deepEqual(await exiftoolList(sidecar, 'XMP-dc:Creator'), ['Me', 'artist']);
    assert.equal(await exiftool('-s3', '-XMP:Description', '-XMP:ImageDescription', '-XMP:DateTimeOriginal', '-XMP:DateCreated', '-XMP:Rating', sidecar), ''); // prettier-ignore
    assert.match(await exiftool('-XMP-ImageInbox:TagSources', sidecar), /Home, sweet \| found in the image \|\|/);
    assert.deepEqual([await readFile(image), (await stat(image)).mtimeMs], before);
    assert.equal((await writer.write(sidecar, content, signal)).written, false);
  });

  for (const format of ['jpg', 'png', 'webp', 'gif', 'tiff', 'avif']) {
    it(`finds keywords that are embedded in a ${format}, as they were written`, async () => {
      image = join(folder, `embedded.${format}`);
      sidecar = `${image}.xmp`;
      await paint(image);
      const keywords = ['1e3', 'true', '007', '日本 😀', 'a, b'];
      await exiftool('-overwrite_original', ...keywords.map((keyword) => `-XMP-dc:Subject=${keyword}`), image);
      await write('one');
      assert.deepEqual(await flat(), [...keywords, 'one']);
    });
  }

  const SAID_BY_FORMAT = {
    png: 'PNG:Description',
    tiff: 'IFD0:ImageDescription',
    jpg: 'IPTC:Caption-Abstract',
    webp: 'IFD0:ImageDescription',
  };
  for (const [format, tag] of Object.entries(SAID_BY_FORMAT)) {
    it(`does not hide the description of a ${format} that has no other metadata (${tag})`, async () => {
      image = join(folder, `described.${format}`);
      await paint(image);
      await exiftool('-overwrite_original', `-${tag}=mine`, image);
      await writer.write(`${image}.xmp`, contentOf(['one'], { description: 'ours' }), signal);
      assert.equal(await exiftool('-s3', '-XMP:Description', '-XMP:ImageDescription', `${image}.xmp`), '');
    });
  }

  it('passes over nothing that can not be read while a NAS hesitates, and calls nothing malformed for that', async () => {
    await paint(image);
    await exiftool('-overwrite_original', '-XMP-dc:Subject=theirs', image);
    const hesitating = (path: string) =>
      replacedCall(
        'readFile',
        (readFile) =>
          ((...given: Parameters<typeof readFile>) => {
            if (given[0] === path)
              return Promise.reject(Object.assign(new Error('hesitates'), { code: 'ESTALE', syscall: 'read' }));
            return readFile(...given);
          }) as typeof readFile,
      );
    {
      using _ = hesitating(image);
      await assert.rejects(write('ours'), { name: 'ImageError', transient: true });
    }
    await write('ours');
    assert.deepEqual(await flat(), ['theirs', 'ours']);
    using _ = hesitating(sidecar);
    await assert.rejects(write('ours'), { name: 'ImageError', transient: true });
  });

  it('calls a sidecar malformed only when nobody is just writing it, and passes over none for that', async () => {
    const other = image.replace(/\.jpg$/, '.xmp');
    await exiftool('-XMP-dc:Subject=theirs', other);
    const whole = await readFile(other);
    /** read when half of it is there; the rest comes right after */
    const halfWritten = (path: string) =>
      replacedCall(
        'readFile',
        (readFile) =>
          (async (...given: Parameters<typeof readFile>) => {
            const bytes = await readFile(...given);
            if (given[0] === path) await writeFile(path, whole);
            return bytes;
          }) as typeof readFile,
      );
    for (const path of [sidecar, other]) {
      await writeFile(path, whole.subarray(0, 300));
      {
        using _ = halfWritten(path);
        await assert.rejects(write('one'), { name: 'ImageError', reason: 'changed', transient: true });
      }
      await write('one');
      assert.deepEqual(await flat(), ['theirs', 'one']);
      assert.deepEqual(await readFile(other), whole);
      await rm(sidecar);
    }
  });

  it('takes no harm from an image that is damaged, or none at all', async () => {
    for (const bytes of ['', 'no picture', Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 8, 1, 2])]) {
      await writeFile(image, bytes);
      await rm(sidecar, { force: true });
      await write('one');
      assert.deepEqual(await tagsList(), ['general/one']);
    }
  });

  it('begins with all of an a.xmp, tells of it, and leaves it as it is', async () => {
    const other = image.replace(/\.jpg$/, '.xmp');
    await exiftool(
      '-XMP-dc:Subject=Home',
      '-XMP-dc:Title=mine',
      '-XMP-xmp:Rating=3',
      '-XMP-xmp:Label=Red',
      '-XMP-exif:GPSLatitude=48.5',
      other,
    );
    await writeFile(image, '');
    await writeFile(image.replace(/\.jpg$/, '.txt'), 'notes');
    const before = await readFile(other);
    const result = await writer.write(sidecar, contentOf(['one'], { title: 'ours', rating: 5 }), signal);
    assert.deepEqual(result, {
      written: true,
      conflicts: [],
      notes: ["a [1] it's 画像.xmp was merged into a [1] it's 画像.jpg.xmp, and left as it is"],
    });
    assert.deepEqual(await tagsList(), ['Home', 'general/one']);
    assert.equal(
      await exiftool('-n', '-s3', '-XMP:Title', '-XMP:Rating', '-XMP:Label', '-XMP:GPSLatitude', sidecar),
      'mine\n3\nRed\n48.5\n',
    );
    assert.match(await exiftool('-XMP-ImageInbox:TagSources', sidecar), /Home \| found in the other sidecar \|\|/);
    assert.deepEqual(await readFile(other), before);
    assert.equal(
      (await writer.write(sidecar, contentOf(['one'], { title: 'ours', rating: 5 }), signal)).written,
      false,
    );
  });

  it('takes no folder for another image that an a.xmp may be of', async () => {
    const stem = image.replace(/\.jpg$/, '');
    await exiftool('-XMP-dc:Subject=Home', `${stem}.xmp`);
    await mkdir(stem);
    await mkdir(`${stem}.files`);
    await write('one');
    assert.deepEqual(await tagsList(), ['Home', 'general/one']);
  });

  it('does not merge an a.xmp that may be of several files, not even when only one of them is left', async () => {
    const [png, other] = [image.replace(/\.jpg$/, '.png'), image.replace(/\.jpg$/, '.xmp')];
    await exiftool('-XMP-dc:Subject=Home', other);
    await writeFile(image, '');
    await writeFile(png, '');
    const { notes } = await write('one');
    assert.deepEqual(notes, ["a [1] it's 画像.xmp may be of a [1] it's 画像.png as well, so it was not merged"]);
    assert.deepEqual(await tagsList(), ['general/one']);
    await rename(image, join(folder, 'moved.jpg'));
    assert.equal((await writer.write(`${png}.xmp`, contentOf(['one']), signal)).notes.length, 1);
    assert.deepEqual(await exiftoolList(`${png}.xmp`, 'XMP-digiKam:TagsList'), ['general/one']);
  });

  it('says that an a.xmp can’t be read, and goes on', async () => {
    await writeFile(image.replace(/\.jpg$/, '.xmp'), 'no XMP');
    const { written, notes } = await write('one');
    assert.deepEqual([written, notes], [true, ["a [1] it's 画像.xmp can't be read, so it was not merged"]]);
  });

  it('does not take the sidecar of one image for that of another', async () => {
    const inner = join(folder, 'a.jpg');
    await writeFile(inner, '');
    await writer.write(`${inner}.xmp`, contentOf(['inner']), signal);
    const { notes } = await writer.write(`${inner}.png.xmp`, contentOf(['outer']), signal);
    assert.deepEqual([notes, (await readdir(folder)).sort()], [[], ['a.jpg', 'a.jpg.png.xmp', 'a.jpg.xmp']]);
    assert.deepEqual(await exiftoolList(`${inner}.png.xmp`, 'XMP-dc:Subject'), ['outer']);
  });

  it('merges into UTF-16 of any kind', async () => {
    const xml = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:n="urn:example:notes"><n:note>日本</n:note></rdf:Description></rdf:RDF></x:xmpmeta>`;
    const packet = "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>";
    const heads = ['', '\ufeff', packet, `\ufeff${packet}`, '\ufeff<?xml version="1.0" encoding="UTF-16"?>'];
    for (const head of heads) {
      const little = Buffer.from(head + xml, 'utf16le');
      for (const bytes of [little, Buffer.from(little).swap16()]) {
        await writeFile(sidecar, bytes);
        await write('one');
        assert.match(await exiftool('-XMP:all', '-G1', sidecar), /Note +: 日本/);
        assert.deepEqual(await tagsList(), ['general/one']);
      }
    }
  });

  it('keeps everything when a sidecar without our fields is merged again', async () => {
    await write('one');
    const xml = (await readFile(sidecar, 'utf8')).replace(/<ImageInbox:(\w+)>[^]*?<\/ImageInbox:\1>/g, '');
    await writeFile(sidecar, xml);
    await write('two');
    assert.deepEqual(await tagsList(), ['general/one', 'general/two']);
  });
});
