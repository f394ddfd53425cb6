import assert from 'node:assert/strict';
import sharp from 'sharp';
import { Iqdb } from './iqdb.ts';
import { loadSamplePosts } from './samplePosts.ts';
import { form, reduced, sampleBytes } from './upload.ts';

describe('the IQDB stand-in', () => {
  let iqdb: Iqdb;

  before(async () => {
    iqdb = await new Iqdb(await loadSamplePosts()).start();
  });
  after(() => iqdb.close());
  beforeEach(() => {
    iqdb.setQueue({ places: [], msPerPlace: 0 });
    iqdb.forget();
  });

  function post(
    picture: Buffer,
    name = 'image.jpg',
    fields: readonly (readonly [string, string])[] = [],
  ): Promise<Response> {
    return fetch(iqdb.url, { method: 'POST', body: form('file', picture, name, fields) });
  }
  async function page(...args: Parameters<typeof post>): Promise<string> {
    const response = await post(...args);
    assert.equal(response.status, 200);
    return response.text();
  }
  const headings = (html: string): readonly string[] =>
    [...html.matchAll(/<th>([^<]+)<\/th>/g)].map(([, text]) => text!);

  it('lists the best match with protocol-relative address, MD5 in the thumbnail, and a whole number', async () => {
    const html = await page(await reduced('downloads/2024 夏/ステージ ♪.avif'), "ステージ & it's ♪.jpg");
    const md5 = (await loadSamplePosts()).find(({ sites }) => sites.danbooru === 99_100_004)!.md5;
    assert.deepEqual(headings(html).slice(0, 3), ['Your image', 'Best match', 'Additional match']);
    const best = html.slice(html.indexOf('Best match'), html.indexOf('Additional match'));
    assert.match(best, /<a href="\/\/danbooru\.donmai\.us\/posts\/99100004">/);
    assert.ok(best.includes(`src='/danbooru/${md5[0]!}/${md5[1]!}/${md5[2]!}/${md5}.jpg'`));
    assert.ok(best.includes(`<a href="//gelbooru.com/index.php?page=post&s=list&md5=${md5}">`));
    assert.match(best, /alt="Rating: s Score: \d+ Tags: 1girl [^"]*\^_\^/);
    const [, similarity] = /<td>(\d+)% similarity<\/td>/.exec(best) ?? [];
    assert.ok(Number(similarity) >= 90);
    assert.ok(html.includes('ステージ &amp; it&#039;s ♪.jpg'));
  });

  it('goes on after a connection that was reset at the first part of a page', async () => {
    iqdb.setFaults([{ fault: { kind: 'reset', afterBytes: 10 }, times: 1 }]);
    const picture = await reduced('aoi hoshino - harbor night.png');
    await assert.rejects(page(picture));
    assert.match(await page(picture), /Best match/);
  });

  it('writes sizes with a real multiplication sign, and sometimes none', async () => {
    const html = await page(await reduced('aoi hoshino - harbor night.png'));
    assert.match(html, /<td>640×800 \[Safe\]<\/td>/);
    assert.match(html, /<td>\[(Safe|Ero)\]<\/td>/);
  });

  it('says so when nothing is relevant, and still lists possible matches', async () => {
    const html = await page(await reduced('camera/astronaut.jpg'));
    assert.deepEqual(headings(html).slice(0, 4), [
      'Your image',
      'No relevant matches',
      'Possible match',
      'Possible match',
    ]);
    for (const [, similarity] of html.matchAll(/(\d+)% similarity/g)) assert.ok(Number(similarity) < 55);
    assert.ok(headings(await page(await reduced('downloads/linnea_moon_p0.jpg'))).includes('No relevant matches'));
  });

  it('searches only the services that are asked for', async () => {
    const picture = await reduced('aoi hoshino - harbor night.png');
    const html = await page(picture, 'a.jpg', [['service[]', '3']]);
    const results = html.slice(0, html.indexOf('<form'));
    assert.match(results, /https:\/\/yande\.re\/post\/show\/99300001/);
    assert.doesNotMatch(results, /danbooru\.donmai\.us/);
  });

  it('streams the places in the queue before the results', async () => {
    iqdb.setQueue({ places: [4, 2], msPerPlace: 20 });
    const response = await post(await reduced('blink.gif'));
    const chunks: string[] = [];
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) chunks.push(chunk);
    assert.ok(chunks.length > 1);
    assert.match(
      chunks.join(''),
      /<div id='queue'>\.\.\.<\/div>\n<script type='text\/javascript'>queue\('4','0'\);<\/script>\n.*queue\('2','0'\)[^]*Best match/,
    );
  });

  it('has the static text about the queue in every page, queued or not', async () => {
    const html = await page(await reduced('blink.gif'));
    assert.match(html, /Place in queue/);
    assert.doesNotMatch(html, /<div id='queue'>/);
  });

  it('lets parallel queries of one client wait for each other', async () => {
    const before = iqdb.parallelQueries;
    iqdb.setQueue({ places: [1], msPerPlace: 50 });
    const picture = await reduced('blink.gif');
    const pages = await Promise.all([page(picture), page(picture)]);
    assert.equal(pages.filter((html) => /<script[^>]*>queue\('1','1'\)/.test(html)).length, 1);
    assert.ok(pages.every((html) => html.includes('Best match')));
    assert.equal(iqdb.parallelQueries - before, 1);
    assert.equal(iqdb.maxConcurrent, 2);
  });

  it('refuses other formats, broken files and text in a page with status 200', async () => {
    const refusal = /<div class='err'>[^<]*Not an image or image format not supported \(server says it is [\w/-]+\)/;
    for (const sample of ["scans/vampire's supper.tiff", '夕焼けの湖 🌄.webp', 'downloads/2024 夏/ステージ ♪.avif']) {
      assert.match(await page(await sampleBytes(sample), sample), refusal);
    }
    assert.match(await page(Buffer.from('no picture'), 'a <b>.jpg'), refusal);
    const broken = await page(await sampleBytes('downloads/broken download.png'));
    assert.match(broken, /<div class='err'>Can't read query result!/);
    assert.doesNotMatch(broken, /<form/);
  });

  it('refuses pictures of more than 7500 pixels a side, and files above the limit that the form states', async () => {
    const wide = await sharp({ create: { width: 7501, height: 4, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    assert.match(await page(wide, 'wide.png'), /<div class='err'>Image wide\.png too large \(7501 x 4\)\.<\/div>/);
    const limited = await page(Buffer.alloc(3000), 'big.jpg', [['MAX_FILE_SIZE', '2000']]);
    assert.match(limited, /<div class='err'>File big\.jpg too large \(2 KB\)<\/div>/);
  });

  it('lets the web server in front refuse more than 8192 KB, with a page that is not its own', async () => {
    const response = await post(Buffer.alloc(8192 * 1024));
    assert.equal(response.status, 413);
    assert.doesNotMatch(await response.text(), /iqdb|Multi-service/i);
  });

  it('shows the bare form, and fetches no address', async () => {
    assert.match(await (await fetch(iqdb.url)).text(), /name="service\[\]" value="13"[^]*Maximum file size: 8192 KB/);
    assert.match(
      await (await fetch(`${iqdb.url}/?url=https://example.org/a.png`)).text(),
      /class='err'>HTTP request failed: 503/,
    );
  });
});
