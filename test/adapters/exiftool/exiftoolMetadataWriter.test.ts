import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExiftoolMetadataWriter } from '../../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { ImageError, type FailureReason } from '../../../src/core/model/failure.ts';
import type { SidecarContent } from '../../../src/core/sidecar/content.ts';
import { toLeaf, toLevel } from '../../../src/core/sidecar/tagPath.ts';
import { attributesRefused } from '../support/attributesRefused.ts';
import { replacedCall } from '../support/replacedCall.ts';
import { contentOf } from './contentOf.ts';
import { exiftool, exiftoolList, exiv2, exiv2Field } from './readers.ts';
import { SHIPPED_CONFIG } from './shippedConfig.ts';
import { silentLog } from './silentLog.ts';
import { standIn } from './standIn.ts';

const tagged = (...tags: readonly string[]): SidecarContent => contentOf(tags);
const FULL: SidecarContent = {
  ...tagged('blue eyes', '日本 😀'),
  description: 'Matched on Danbooru via SauceNAO (93.4 % similarity)',
  source: 'https://danbooru.donmai.us/posts/1?q=a&b=<c>',
  relations: ['https://www.pixiv.net/artworks/1', 'https://twitter.com/a/status/2'],
  identifier: 'danbooru:1',
  creators: ['first artist', 'second, artist'],
  title: '題 "x"',
  date: '2024-05-06T07:08:09+09:00',
  adultContentWarning: 'CW-AWR',
  rating: 5,
};
const ODD_TAGS = [
  'true', '1e3', '1.50', '2024', '007', ':/', '|_|', '^_^', '<o>_<o>', '+_+', '=_=', 'fate/stay_night', '22/7', '.hack//',
  'ひらがな', '漢字', '😀👩‍👩‍👧', '"quoted"', "it's", '&<>', '&amp;', 'a, b (c,d)', '-dash', '--', '-execute', '#hash', '#[CSTR]x\\n',
  '@file', '%d%f', '$1', '\\', 'a  b', '{ready}', 'x'.repeat(2000),
]; // prettier-ignore

const WRITTEN = { written: true, conflicts: [], notes: [] };
const UNCHANGED = { ...WRITTEN, written: false };

describe('the sidecar writer', () => {
  const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
  const { signal } = new AbortController();
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sidecar "höme" 日本 😀 '));
  });
  after(async () => {
    await writer.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
  });
  const refused = (reason: FailureReason) => (error: unknown) => error instanceof ImageError && error.reason === reason;

  it('writes every field where its readers look for it', async () => {
    const path = join(folder, 'a.jpg.xmp');
    assert.deepEqual(await writer.write(path, FULL, signal), WRITTEN);
    const [tags] = JSON.parse(await exiftool('-json', '-G1', '-n', '-XMP:all', path)) as Record<string, unknown>[];
    const { SourceFile: _, 'XMP-x:XMPToolkit': __, ...fields } = tags!;
    assert.deepEqual(fields, {
      'XMP-digiKam:TagsList': ['general/blue eyes', 'general/日本 😀'],
      'XMP-lr:HierarchicalSubject': ['general|blue eyes', 'general|日本 😀'],
      'XMP-dc:Subject': ['blue eyes', '日本 😀'],
      'XMP-dc:Description': FULL.description,
      'XMP-tiff:ImageDescription': FULL.description,
      'XMP-dc:Source': FULL.source,
      'XMP-dc:Relation': FULL.relations,
      'XMP-dc:Identifier': 'danbooru:1',
      'XMP-dc:Creator': FULL.creators,
      'XMP-dc:Title': FULL.title,
      'XMP-exif:DateTimeOriginal': '2024:05:06 07:08:09+09:00',
      'XMP-photoshop:DateCreated': '2024:05:06 07:08:09+09:00',
      'XMP-plus:AdultContentWarning': 'CW-AWR',
      'XMP-xmp:Rating': 5,
      'XMP-xmp:CreatorTool': 'Image Inbox 1.0.0',
      'XMP-ImageInbox:TagSources':
        'general/blue eyes | danbooru:1 via saucenao 93.4 % | blue eyes || general/日本 😀 | danbooru:1 via saucenao 93.4 % | 日本 😀',
      'XMP-ImageInbox:FieldHashes': fields['XMP-ImageInbox:FieldHashes'],
    });
    assert.match(String(fields['XMP-ImageInbox:FieldHashes']), /^[a-zA-Z]+=[0-9a-f,]+( [a-zA-Z]+=[0-9a-f,]+)*$/);
    const xml = await readFile(path, 'utf8');
    assert.match(xml, /<lr:hierarchicalSubject>\s*<rdf:Bag>/);
    assert.match(xml, /<digiKam:TagsList>\s*<rdf:Seq>/);
    assert.deepEqual(await readdir(folder), ['a.jpg.xmp']);
  });

  it('writes odd tags so that ExifTool and Exiv2 read the same, each in all three fields', async () => {
    const path = join(folder, 'odd.png.xmp');
    await writer.write(path, tagged(...ODD_TAGS), signal);
    const expected = {
      TagsList: ODD_TAGS.map((tag) => `general/${toLevel(tag)}`),
      hierarchicalSubject: ODD_TAGS.map((tag) => `general|${toLevel(tag)}`),
      subject: ODD_TAGS,
    };
    assert.deepEqual(await exiftoolList(path, 'XMP-digiKam:TagsList'), expected.TagsList);
    assert.deepEqual(await exiftoolList(path, 'XMP-lr:HierarchicalSubject'), expected.hierarchicalSubject);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), expected.subject);
    const seen = await Promise.all(
      ['digiKam.TagsList', 'lr.hierarchicalSubject', 'dc.subject'].map((key) => exiv2Field(path, `Xmp.${key}`)),
    );
    assert.deepEqual(
      seen,
      Object.values(expected).map((tags) => ({ count: tags.length, text: tags.join(', ') })),
    );
  });

  for (const count of [0, 1, 300]) {
    it(`writes ${count} tags`, async () => {
      const path = join(folder, `${count}.webp.xmp`);
      const tags = Array.from({ length: count }, (_, index) => `tag number ${index}`);
      await writer.write(path, tagged(...tags), signal);
      assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), tags);
      assert.equal((await exiv2Field(path, 'Xmp.digiKam.TagsList'))?.count ?? 0, count);
      assert.equal(await exiftoolList(path, 'XMP-xmp:CreatorTool').then(String), 'Image Inbox 1.0.0');
    });
  }

  it('lets no tag become an argument of ExifTool', async () => {
    const path = join(folder, 'inject.jpg.xmp');
    const other = join(folder, 'other.txt');
    const content = tagged(`x\n-execute\n-o\n${other}`, 'a\r\n-stay_open\nFalse', 'n\0ul', '\n');
    await writer.write(path, { ...content, title: `t\n-o\n${other}`, creators: ['c\n-ver'] }, signal);
    assert.deepEqual(await readdir(folder), ['inject.jpg.xmp']);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), [
      `x -execute -o ${other}`,
      'a -stay_open False',
      'n ul',
    ]);
    assert.equal(await exiftoolList(path, 'XMP-dc:Title').then(String), `t -o ${other}`);
  });

  it('changes no byte when the same is written again', async () => {
    const path = join(folder, 'again.jpg.xmp');
    const content = { ...FULL, tags: tagged(...ODD_TAGS).tags };
    await writer.write(path, content, signal);
    const before = [await readFile(path), (await stat(path)).mtimeMs, (await stat(path)).ino];
    assert.deepEqual(await writer.write(path, content, signal), UNCHANGED);
    assert.deepEqual([await readFile(path), (await stat(path)).mtimeMs, (await stat(path)).ino], before);
  });

  it('keeps what others wrote, in order, and adds ours once', async () => {
    const path = join(folder, 'theirs.jpg.xmp');
    await exiftool(
      '-XMP-digiKam:TagsList=Places/Home', '-XMP-digiKam:TagsList=general/blue eyes', '-XMP-lr:HierarchicalSubject=Places|Home',
      '-XMP-dc:Subject=Home', '-XMP-xmp:Rating=4', '-XMP-xmp:Label=Red', '-XMP-exif:GPSLatitude=48.5', '-XMP-exif:GPSLongitude=9.25',
      '-XMP-dc:Description=mine', '-XMP-dc:Description-de=meins', '-XMP-dc:Rights=me', '-XMP-dc:Creator=Me', path,
    ); // prettier-ignore
    const foreign = `<n:deep xmlns:n="urn:example:notes" rdf:parseType="Resource"><n:list><rdf:Seq><rdf:li n:k="1" n:l="2"/>
      <rdf:li>&lt;x&gt; &#38; y</rdf:li></rdf:Seq></n:list><n:note>line 1\nline 2</n:note></n:deep>`;
    const xml = await readFile(path, 'utf8');
    await writeFile(path, xml.replace('</rdf:Description>', `${foreign}</rdf:Description>`));
    const keep = ['-json', '-struct', '-G1', '-XMP-xmp:Label', '-XMP-exif:all', '-XMP-dc:Description', '-XMP-dc:Rights', '-XMP-dc:Description-de', '-XMP-notes:all', '-XMP-n:all', path]; // prettier-ignore
    const before = await exiftool(...keep);
    assert.match(before, /line 1/);

    const { date: _, ...content } = FULL;
    await writer.write(path, content, signal);
    assert.equal(await exiftool(...keep), before);
    assert.deepEqual(await exiftoolList(path, 'XMP-digiKam:TagsList'), [
      'Places/Home',
      'general/blue eyes',
      'general/日本 😀',
    ]);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), ['Home', 'blue eyes', '日本 😀']);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Creator'), ['Me', 'first artist', 'second, artist']);
    assert.equal(await exiftoolList(path, 'XMP-xmp:Rating').then(String), '4');
    assert.equal(
      (await exiv2Field(path, 'Xmp.digiKam.TagsList'))?.text,
      'Places/Home, general/blue eyes, general/日本 😀',
    );
    assert.deepEqual(await writer.write(path, content, signal), UNCHANGED);
  });

  const NAMESPACES = `xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/"
    xmlns:mediapro="http://ns.iview-multimedia.com/mediapro/1.0/" xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/"
    xmlns:darktable="http://darktable.sf.net/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:n="urn:example:notes"`;
  const packet = (inside: string): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" ${NAMESPACES}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  const FOREIGN: Record<string, { readonly xml: string; readonly kept: readonly RegExp[] }> = {
    'digiKam': {
      xml: packet(`<digiKam:TagsList><rdf:Seq><rdf:li>A/B</rdf:li></rdf:Seq></digiKam:TagsList><digiKam:PickLabel>3</digiKam:PickLabel>
        <MicrosoftPhoto:LastKeywordXMP><rdf:Bag><rdf:li>A/B</rdf:li></rdf:Bag></MicrosoftPhoto:LastKeywordXMP>
        <mediapro:CatalogSets><rdf:Bag><rdf:li>A|B</rdf:li></rdf:Bag></mediapro:CatalogSets>
        <acdsee:categories>&lt;Category Assigned="1"&gt;B&lt;/Category&gt;</acdsee:categories>`),
      kept: [/LastKeywordXMP +5 {2}A\/B, general\/blue eyes/, /CatalogSets +5 {2}A\|B, general\|blue eyes/, /PickLabel +1 {2}3/,
        /categories +\d+ {2}<Categories><Category Assigned="1">B<\/Category>.*general<Category Assigned="1">blue eyes/],
    },
    'darktable': {
      xml: packet(`<lr:hierarchicalSubject><rdf:Seq><rdf:li>darktable|format|jpg</rdf:li></rdf:Seq></lr:hierarchicalSubject>
        <darktable:xmp_version>5</darktable:xmp_version>
        <darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="exposure"/></rdf:Seq></darktable:history>`),
      kept: [/hierarchicalSubject +5 {2}darktable\|format\|jpg, /, /xmp_version +1 {2}5/, /history\[1\]\/darktable:operation +8 {2}exposure/],
    },
    'a program that names faces': {
      xml: packet(`<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="10" stDim:h="20" stDim:unit="pixel"/>
        <mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="花子" mwg-rs:Type="Face">
        <mwg-rs:Area stArea:x="0.5" stArea:y="0.25"/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>`),
      kept: [/Name +6 {2}花子/, /stArea:y +4 {2}0\.25/, /stDim:h +2 {2}20/],
    },
  }; // prettier-ignore
  for (const [name, { xml, kept }] of Object.entries(FOREIGN)) {
    it(`keeps the fields of ${name}`, async () => {
      const path = join(folder, 'foreign.jpg.xmp');
      await writeFile(path, xml);
      const more = { ...FULL, tags: [...FULL.tags, ...tagged('one', 'more').tags] };
      for (const content of [FULL, more]) await writer.write(path, content, signal);
      const seen = await exiv2(path);
      for (const line of kept) assert.match(seen, line);
      assert.match(await exiftool('-XMP-digiKam:TagsList', path), /general\/blue eyes.*general\/more/);
    });
  }

  it('merges with tags and names that others broke into lines, and has them in one line where it writes them anew', async () => {
    const path = join(folder, 'lines.jpg.xmp');
    const list = (kind: string): string =>
      `<rdf:${kind}><rdf:li>first</rdf:li><rdf:li>\n  in two\n\tlines&#1;\n</rdf:li><rdf:li>\n</rdf:li></rdf:${kind}>`;
    await writeFile(
      path,
      packet(`<dc:subject>${list('Bag')}</dc:subject><dc:creator>${list('Seq')}</dc:creator>
        <digiKam:TagsList>${list('Seq')}</digiKam:TagsList>`),
    );
    for (const tag of ['one', 'other']) await writer.write(path, { ...tagged(tag), creators: [tag] }, signal);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), ['first', 'in two lines', 'other']);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Creator'), ['first', 'in two lines', 'other']);
    assert.deepEqual(await exiftoolList(path, 'XMP-digiKam:TagsList'), ['first', 'in two lines', 'general/other']);
  });

  it('leaves the spaces around what others wrote, also where that is written anew or in a second field', async () => {
    const path = join(folder, 'spaces.jpg.xmp');
    await writer.write(path, { ...tagged('old'), description: 'ours' }, signal);
    const spaced = [' holiday', '  two  ', 'last'];
    await exiftool(
      '-overwrite_original',
      ...spaced.flatMap((text) => [`-XMP-dc:Subject=${text}`, `-XMP-dc:Creator=${text}`]),
      '-XMP-dc:Description= mine',
      path,
    );
    await writer.write(path, { ...tagged('new'), description: 'ours', creators: ['artist'] }, signal);
    await writer.write(path, { ...tagged('new'), description: 'ours' }, signal);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), [...spaced, 'new']);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Creator'), spaced);
    assert.equal(await exiftool('-s3', '-XMP-tiff:ImageDescription', path), ' mine\n');
  });

  const SAYS_NOTHING: Record<string, string> = {
    'an artist without a name': '<dc:creator><rdf:Seq><rdf:li/></rdf:Seq></dc:creator>',
    'addresses of blanks': '<dc:relation><rdf:Bag><rdf:li> </rdf:li><rdf:li>\n</rdf:li></rdf:Bag></dc:relation>',
    'tags of blanks':
      '<lr:hierarchicalSubject><rdf:Bag><rdf:li> </rdf:li></rdf:Bag></lr:hierarchicalSubject><digiKam:TagsList> </digiKam:TagsList>',
    'categories that none is assigned of':
      '<acdsee:categories>&lt;Categories&gt;&lt;Category Assigned="0"&gt;A&lt;/Category&gt;&lt;/Categories&gt;</acdsee:categories>',
  };
  for (const [name, xml] of Object.entries(SAYS_NOTHING)) {
    it(`takes a field that says nothing for none: ${name}`, async () => {
      const path = join(folder, 'nothing.jpg.xmp');
      for (const content of [
        tagged(),
        { ...tagged('one'), creators: ['artist'], relations: ['https://example.org/1'] },
      ]) {
        await writeFile(path, packet(`${xml}<dc:subject><rdf:Bag><rdf:li>theirs</rdf:li></rdf:Bag></dc:subject>`));
        await writer.write(path, content, signal);
        const leaves = content.tags.map(({ leaf }) => leaf);
        assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), ['theirs', ...leaves]);
        assert.deepEqual(await exiftoolList(path, 'XMP-digiKam:TagsList'), [
          'theirs',
          ...leaves.map((leaf) => `general/${leaf}`),
        ]);
        assert.deepEqual(await writer.write(path, content, signal), UNCHANGED);
      }
    });
  }

  it('merges with categories of ACDSee that are there twice, or have a slash in their name', async () => {
    const path = join(folder, 'categories.jpg.xmp');
    const [twice, slash] = ['Home', 'Rome / Paris'].map(
      (text) => `&lt;Category Assigned="1"&gt;${text}&lt;/Category&gt;`,
    );
    const tree = `&lt;Categories&gt;${twice}${twice}${slash}&lt;/Categories&gt;`;
    await writeFile(path, packet(`<acdsee:categories>${tree}</acdsee:categories>`));
    await writer.write(path, tagged('one'), signal);
    assert.deepEqual(await exiftoolList(path, 'XMP-digiKam:TagsList'), ['Home', 'Rome ∕ Paris', 'general/one']);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), ['Home', 'Rome / Paris', 'one']);
  });

  it('leaves a sidecar the rights that it has, so that others can go on writing to it', async function () {
    if (process.platform === 'win32') this.skip();
    const path = join(folder, 'shared.jpg.xmp');
    await writer.write(path, tagged('one'), signal);
    await chmod(path, 0o664);
    await writer.write(path, FULL, signal);
    assert.equal((await stat(path)).mode & 0o777, 0o664);
  });

  it('goes on with a sidecar where nobody may set rights', async () => {
    const path = join(folder, 'owned by somebody else.jpg.xmp');
    await writer.write(path, tagged('one'), signal);
    using _ = replacedCall('chmod', () => async () => Promise.reject(attributesRefused()));
    assert.ok((await writer.write(path, FULL, signal)).written);
  });

  it('writes where no file can be opened for both reading and writing, as on an rclone mount without a cache', async () => {
    const path = join(folder, 'in the cloud.jpg.xmp');
    using _ = replacedCall('open', (open) => async (file, flags, mode) => {
      if (flags === 'r+') throw attributesRefused();
      return open(file, flags, mode);
    });
    for (const content of [tagged('one'), FULL]) assert.ok((await writer.write(path, content, signal)).written);
  });

  it('refuses to write where ExifTool would lose what is not ours', async () => {
    const path = join(folder, 'strange.jpg.xmp');
    const xml = packet('<n:text n:kind="attribute and text, which RDF does not know">text</n:text>');
    await writeFile(path, xml);
    await assert.rejects(writer.write(path, FULL, signal), refused('verify-failed'));
    assert.equal(await readFile(path, 'utf8'), xml);
    assert.deepEqual(await readdir(folder), ['strange.jpg.xmp']);
  });

  it('names no file of its own making where ExifTool can’t change a sidecar', async () => {
    const path = join(folder, 'commented.jpg.xmp');
    await writeFile(path, `<!-- a comment is more than it takes here -->${packet('')}`);
    await assert.rejects(writer.write(path, FULL, signal), {
      reason: 'exiftool',
      message: 'ExifTool did not write the sidecar: Error: Format error in file',
    });
  });

  it('merges into a sidecar in UTF-16', async () => {
    const path = join(folder, 'wide.jpg.xmp');
    await writeFile(
      path,
      Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${packet('<n:note>日本</n:note>')}`, 'utf16le'),
    );
    await writer.write(path, FULL, signal);
    assert.match(await exiftool('-XMP:all', '-G1', path), /Note +: 日本/);
    assert.deepEqual(await exiftoolList(path, 'XMP-dc:Subject'), ['blue eyes', '日本 😀']);
  });

  it('takes many at once', async () => {
    const paths = Array.from({ length: 20 }, (_, index) => join(folder, `${index}.jpg.xmp`));
    await Promise.all(paths.map((path, index) => writer.write(path, tagged(`number ${index}`), signal)));
    const tags = await Promise.all(paths.map(async (path) => (await writer.readSidecar(path))?.tags));
    assert.deepEqual(
      tags,
      paths.map((_, index) => [`general/number ${index}`]),
    );
  });

  it('does not write over a sidecar that somebody else changes meanwhile', async () => {
    const path = join(folder, 'raced.jpg.xmp');
    const theirs = packet('<n:note>theirs</n:note>');
    await writer.write(join(folder, 'prepared'), FULL, signal);
    await writeFile(join(folder, 'theirs'), theirs);
    // Does what was asked, and while it is at it somebody else writes the sidecar.
    const quoted = folder.replaceAll('"', '\\"');
    const program = await standIn(
      folder,
      `use File::Copy; copy("${quoted}/prepared", $args[-2]); copy("${quoted}/theirs", "${quoted}/raced.jpg.xmp");
      print "1 image files updated\\n";`,
    );
    const raced = new ExiftoolMetadataWriter({
      exiftoolPath: program,
      maxProcs: 1,
      log: silentLog,
      config: SHIPPED_CONFIG,
    });
    await assert.rejects(raced.write(path, FULL, signal), refused('changed'));
    await raced.close();
    assert.equal(await readFile(path, 'utf8'), theirs);
    assert.deepEqual((await readdir(folder)).sort(), ['prepared', 'raced.jpg.xmp', 'stand-in.pl', 'theirs']);
  });

  it('takes an emptied TagsList for what Immich means by it, and adds tags only when there are new ones', async () => {
    const path = join(folder, 'emptied.jpg.xmp');
    await exiftool('-XMP-digiKam:TagsList^=', '-XMP-lr:HierarchicalSubject=general|old', '-XMP-dc:Subject=old', path);
    const nothing = contentOf([]);
    assert.deepEqual(await writer.write(path, nothing, signal), WRITTEN);
    const seen = await exiv2(path);
    assert.match(seen, /TagsList +0/);
    assert.doesNotMatch(seen, /old/);
    assert.deepEqual(await writer.write(path, nothing, signal), UNCHANGED);
    await writer.write(path, tagged('new'), signal);
    assert.deepEqual(await exiftoolList(path, 'XMP-digiKam:TagsList'), ['general/new']);
  });

  const MALFORMED: Record<string, string | Buffer> = {
    'cut off': '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    'empty': '',
    'plain text': 'my notes about this picture',
    'other XML': '<?xml version="1.0"?><html><body/></html>',
    'bytes': Buffer.from([0, 1, 2, 255, 254]),
  }; // prettier-ignore
  for (const [name, bytes] of Object.entries(MALFORMED)) {
    it(`leaves a sidecar alone that can't be read: ${name}`, async () => {
      const path = join(folder, 'broken.jpg.xmp');
      await writeFile(path, bytes);
      await assert.rejects(writer.write(path, FULL, signal), refused('sidecar-malformed'));
      assert.deepEqual(await readFile(path), Buffer.from(bytes));
      assert.deepEqual(await readdir(folder), ['broken.jpg.xmp']);
      await assert.rejects(writer.readSidecar(path), refused('sidecar-malformed'));
    });
  }

  it('leaves links alone', async () => {
    const path = join(folder, 'link.jpg.xmp');
    await symlink(join(folder, 'elsewhere.xmp'), path);
    await assert.rejects(writer.write(path, FULL, signal), refused('not-a-file'));
    assert.deepEqual(await readdir(folder), ['link.jpg.xmp']);
  });

  it('takes a folder whose name holds what parts the values of a list in the arguments', async function () {
    if (process.platform === 'darwin') this.skip(); // no such names there
    const odd = join(folder, 'a\uffffb');
    await mkdir(odd);
    await writer.write(join(odd, 'a.jpg.xmp'), FULL, signal);
    assert.deepEqual((await writer.readSidecar(join(odd, 'a.jpg.xmp')))?.tags, [
      'general/blue eyes',
      'general/日本 😀',
    ]);
  });

  const NAMES = ['with space.jpg', `it's "q".jpg`, '画像 ファイル.png', '😀.webp', '-dash.gif', '--.jpg', '100% $x #1 @.avif', '[a]{b}.jpg', 'é'.normalize('NFD')]; // prettier-ignore
  for (const name of NAMES) {
    it(`takes the name ${name}, and does not touch the image`, async () => {
      const image = join(folder, name);
      await writeFile(image, 'image bytes');
      const before = await stat(image);
      await writer.write(`${image}.xmp`, FULL, signal);
      assert.deepEqual((await readdir(folder)).sort(), [name, `${name}.xmp`].sort());
      assert.equal(await readFile(image, 'utf8'), 'image bytes');
      assert.equal((await stat(image)).mtimeMs, before.mtimeMs);
      assert.deepEqual((await writer.readSidecar(`${image}.xmp`))?.tags, ['general/blue eyes', 'general/日本 😀']);
    });
  }

  it('refuses a path with a line break, and a name that is too long for the file system', async () => {
    await assert.rejects(writer.write(join(folder, 'a\nb.jpg.xmp'), FULL, signal), refused('unsafe-name'));
    await assert.rejects(
      writer.write(join(folder, `${'猫'.repeat(83)}.jpg.xmp`), FULL, signal),
      refused('unsafe-name'),
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('says that a folder can’t be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(writer.write(join(folder, 'file', 'a.jpg.xmp'), FULL, signal), refused('not-writable'));
    await assert.rejects(writer.write(join(folder, 'missing', 'a.jpg.xmp'), FULL, signal), refused('not-writable'));
  });

  it('clears away what a killed process left, and nothing else', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const kept = ['.image-inbox.xmp', '.image-inbox-notes.xmp', `.image-inbox-${process.ppid}-abcdef.xmp`, 'b.jpg.xmp'];
    const left = [`.image-inbox-${pid}-0123ab.xmp`, `.image-inbox-${pid}-0123ac.xmp_exiftool_tmp`];
    // in a container, the one that was killed had our number
    left.push(`.image-inbox-${process.pid}-abcdef.xmp`);
    for (const name of [...kept, ...left]) await writeFile(join(folder, name), '');
    const fresh = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
    await fresh.write(join(folder, 'a.jpg.xmp'), FULL, signal);
    await fresh.close();
    assert.deepEqual((await readdir(folder)).sort(), [...kept, 'a.jpg.xmp'].sort());
  });

  it('clears away at its end what the disk did not let it clear away before, its own and that of others', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(join(folder, `.image-inbox-${pid}-0123ab.xmp`), '');
    const fresh = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
    const strange = packet('<n:text n:kind="attribute and text, which RDF does not know">text</n:text>');
    await writeFile(join(folder, 'strange.jpg.xmp'), strange);
    {
      using _ = replacedCall('rm', () => async () => Promise.reject(attributesRefused()));
      await fresh.write(join(folder, 'a.jpg.xmp'), FULL, signal);
      await assert.rejects(fresh.write(join(folder, 'strange.jpg.xmp'), FULL, signal), refused('verify-failed'));
    }
    assert.equal((await readdir(folder)).filter((name) => name.startsWith('.')).length, 2);
    await fresh.close();
    assert.deepEqual((await readdir(folder)).sort(), ['a.jpg.xmp', 'strange.jpg.xmp']);
  });

  it('does nothing once it is aborted', async () => {
    const aborted = AbortSignal.abort(new Error('stop'));
    await assert.rejects(writer.write(join(folder, 'a.jpg.xmp'), FULL, aborted), /stop/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('tells what a sidecar says', async () => {
    const path = join(folder, 'told.jpg.xmp');
    assert.equal(await writer.readSidecar(path), undefined);
    const path2 = ['rating', 'explicit'];
    const rated = { path: path2, leaf: toLeaf(path2), name: 'rating:explicit', origin: 'danbooru:1 via iqdb 90 %' };
    await writer.write(path, { ...FULL, tags: [...FULL.tags, rated] }, signal);
    assert.deepEqual(await writer.readSidecar(path), {
      tags: ['general/blue eyes', 'general/日本 😀', 'rating/explicit'],
      rating: 'explicit',
      stars: 5,
      source: FULL.source,
      description: FULL.description,
    });
  });
});
