import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NodeBesideFiles } from '../../../src/adapters/evidence/nodeBesideFiles.ts';
import { sampleInbox } from '../../services/samplePosts.ts';
import { mutate, seeded } from '../support/mutate.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { DANBOORU, DANBOORU_WITH_LISTS, E621, GELBOORU, PIXIV, TWITTER, YANDERE_SORTED } from './specimens.ts';

const unending = new AbortController().signal;
const NAME = `aoi's "harbor" 港の夜 🌄.jpg`;

/** An image in a folder of its own, and what is to lie beside it. */
async function inbox(beside: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await temporaryFolder();
  const image = join(folder.path, NAME);
  await copyFile(join(sampleInbox, 'blink.gif'), image);
  for (const [name, content] of Object.entries(beside)) await writeFile(join(folder.path, name), content);
  return { ...folder, image, read: () => new NodeBesideFiles().read(image, unending) };
}

const namesOf = (evidence: readonly { readonly file: string }[]) => evidence.map(({ file }) => basename(file));
const STEM = NAME.slice(0, -'.jpg'.length);

describe('NodeBesideFiles', () => {
  it('finds nothing where nothing lies', async () => {
    await using folder = await inbox({});
    assert.deepEqual(await folder.read(), { evidence: [], problems: [] });
    const gone = join(folder.path, 'no such folder', 'a.jpg');
    assert.deepEqual(await new NodeBesideFiles().read(gone, unending), { evidence: [], problems: [] });
    const long = join(folder.path, `${'n'.repeat(249)}.jpg`);
    assert.deepEqual(await new NodeBesideFiles().read(long, unending), { evidence: [], problems: [] });
  });

  it('reads gallery-dl’s file, then Hydrus’, and changes neither', async () => {
    const beside = { [`${NAME}.json`]: JSON.stringify(DANBOORU), [`${NAME}.txt`]: 'creator:inkwell otter\nsmile' };
    await using folder = await inbox(beside);
    const { evidence, problems } = await folder.read();
    assert.deepEqual(problems, []);
    assert.deepEqual(
      evidence.map(({ file }) => file),
      [`${folder.image}.json`, `${folder.image}.txt`],
    );
    assert.deepEqual(evidence[0]?.posts[0], { site: 'danbooru', id: '9900001' });
    assert.deepEqual(evidence[1]?.tags?.artist, ['inkwell_otter']);
    for (const [name, content] of Object.entries(beside)) {
      assert.equal(await readFile(join(folder.path, name), 'utf8'), content);
    }
    assert.equal((await readdir(folder.path)).length, 3);
  });

  it('reads a file behind a byte order mark', async () => {
    await using folder = await inbox({ [`${NAME}.json`]: `\ufeff${TWITTER}`, [`${NAME}.txt`]: '\ufeffgeneral:smile' });
    const { evidence } = await folder.read();
    assert.deepEqual(evidence[0]?.posts, [{ site: 'twitter', id: '9100000000000000041' }]);
    assert.deepEqual(evidence[1]?.tags?.general, ['smile']);
  });

  it('reads a.json beside a.jpg', async () => {
    await using folder = await inbox({ [`${STEM}.json`]: JSON.stringify(PIXIV) });
    assert.deepEqual(namesOf((await folder.read()).evidence), [`${STEM}.json`]);
  });

  it('prefers a.jpg.json to a.json', async () => {
    await using folder = await inbox({
      [`${NAME}.json`]: JSON.stringify(DANBOORU),
      [`${STEM}.json`]: JSON.stringify(PIXIV),
    });
    assert.deepEqual(namesOf((await folder.read()).evidence), [`${NAME}.json`]);
  });

  it('takes a.json for nobody’s when a.PNG lies there too, also once that is moved away', async () => {
    const other = `${STEM}.PNG`;
    await using folder = await inbox({ [`${STEM}.json`]: JSON.stringify(PIXIV), [other]: 'png' });
    const files = new NodeBesideFiles();
    const nothing = { evidence: [], problems: [] };
    assert.deepEqual(await files.read(join(folder.path, other), unending), nothing);
    await mkdir(join(folder.path, 'sorted'));
    await rename(join(folder.path, other), join(folder.path, 'sorted', other));
    assert.deepEqual(await files.read(folder.image, unending), nothing);
  });

  it('passes over JSON and text of other programs in silence', async () => {
    await using folder = await inbox({
      [`${NAME}.json`]: '{"title": "IMG_2041.jpg", "photoTakenTime": {"timestamp": "1577836800"}}',
      [`${STEM}.json`]: '[1, 2, 3]',
      [`${NAME}.txt`]: 'I got this one from a friend, years ago.',
    });
    assert.deepEqual(await folder.read(), { evidence: [], problems: [] });
  });

  it('names a file that it can’t understand, and reads the others', async () => {
    const latin1 = Buffer.from('caf\xe9', 'latin1');
    for (const [content, why] of [
      ['{"category": "danbooru", "id": 99', 'it is no valid JSON.'],
      ['', 'it is no valid JSON.'],
      ['['.repeat(500_000), 'it is no valid JSON.'],
      [Buffer.concat([Buffer.from('{"category":"'), latin1, Buffer.from('"}')]), 'it is no text in UTF-8.'],
      [`{"category":"danbooru","id":1,"x":"${'x'.repeat(1024 * 1024)}"}`, 'it is larger than 1 MB.'],
    ] as const) {
      await using folder = await inbox({ [`${NAME}.json`]: content, [`${NAME}.txt`]: 'smile\nsolo' });
      const { evidence, problems } = await folder.read();
      assert.deepEqual(problems, [`${folder.image}.json is not read: ${why}`]);
      assert.deepEqual(namesOf(evidence), [`${NAME}.txt`]);
    }
  });

  it('follows no link, and reads no folder', async () => {
    await using folder = await inbox({ 'elsewhere.json': JSON.stringify(DANBOORU) });
    await symlink(join(folder.path, 'elsewhere.json'), `${folder.image}.json`);
    await symlink(join(folder.path, 'gone.json'), join(folder.path, `${STEM}.json`));
    await mkdir(`${folder.image}.txt`);
    assert.deepEqual(await folder.read(), {
      evidence: [],
      problems: [
        `${folder.image}.json is not read: it is a link.`,
        `${join(folder.path, STEM)}.json is not read: it is a link.`,
        `${folder.image}.txt is not a regular file.`,
      ],
    });
  });

  it('reads nothing more once it is aborted', async () => {
    await using folder = await inbox({ [`${NAME}.json`]: JSON.stringify(DANBOORU) });
    const reason = new Error('enough');
    await assert.rejects(new NodeBesideFiles().read(folder.image, AbortSignal.abort(reason)), reason);
  });

  it('has an answer for 2,000 spoiled files', async () => {
    await using folder = await inbox({});
    const bodies = [DANBOORU, DANBOORU_WITH_LISTS, YANDERE_SORTED, GELBOORU, E621, PIXIV].map((metadata) =>
      JSON.stringify(metadata, undefined, 4),
    );
    const texts = [
      ...bodies,
      TWITTER,
      'creator:inkwell otter\nseries:starlit harbor\nrating:safe\n::d\ntitle:港の夜\n',
    ];
    const random = seeded(20_240_309);
    const files = new NodeBesideFiles();
    let understood = 0;
    for (let times = 0; times < 2000; times++) {
      const text = mutate(texts[times % texts.length]!, random);
      const file = `${folder.image}.${times % 2 === 0 ? 'json' : 'txt'}`;
      await writeFile(file, text);
      const { evidence, problems } = await files.read(folder.image, unending);
      for (const problem of problems) assert.ok(problem.startsWith(folder.image), problem);
      for (const told of evidence) {
        understood++;
        const shown = [told.sources, told.artist ?? [], told.title ?? [], ...Object.values(told.tags ?? {})].flat();
        // eslint-disable-next-line no-control-regex -- none may be left
        assert.ok(!shown.some((one) => /[\u0000-\u001f\u007f]/.test(one)), JSON.stringify({ text, told }));
        for (const source of told.sources) assert.match(source, /^https?:\/\//);
        for (const md5 of told.md5s) assert.match(md5, /^[0-9a-f]{32}$/);
        assert.ok(told.createdAt === undefined || Date.parse(told.createdAt) > 0);
      }
    }
    assert.ok(understood > 500, String(understood));
  });
});
