/**
 * Draws the drawn sample pictures into test/samples/inbox: `node scripts/samples/draw.ts`.
 *
 * The committed files are what counts (test/samples/posts.json knows them by MD5): another version of the encoders may
 * give other bytes, so run scripts/samples/describe.ts afterwards.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { drawings } from './drawings.ts';
import { sampleInbox as inbox } from '../../test/services/samplePosts.ts';

function render(svg: string, width: number): Sharp {
  return sharp(Buffer.from(svg)).resize({ width }).removeAlpha();
}

async function save(name: string, picture: Buffer | Promise<Buffer>): Promise<void> {
  const path = join(inbox, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await picture);
}

const harbor = await render(drawings.harbor, 640).png({ palette: true, colours: 256, effort: 10 }).toBuffer();
await save('aoi hoshino - harbor night.png', harbor);
// The same bytes under another name, as a second download leaves them.
await save('downloads/aoi hoshino - harbor night (1).png', harbor);

await save('夕焼けの湖 🌄.webp', render(drawings.lake, 1000).webp({ quality: 82 }).toBuffer());
await save(
  "scans/vampire's supper.tiff",
  render(drawings.vampire, 480).tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer(),
);
await save('downloads/linnea_moon_p0.jpg', render(drawings.witch, 720).jpeg({ quality: 84 }).toBuffer());
await save('downloads/2024 夏/ステージ ♪.avif', render(drawings.idol, 720).avif({ quality: 60 }).toBuffer());
await save('downloads/2024 夏/librarian.webp', render(drawings.librarian, 720).webp({ quality: 84 }).toBuffer());
// A JPEG whose name says PNG: what sites that convert on the fly hand out.
await save('downloads/mika_rooftop.png', render(drawings.rooftop, 720).jpeg({ quality: 88 }).toBuffer());

const blink = await Promise.all(
  [drawings.catGirlEyesOpen, drawings.catGirlEyesClosed].map((svg) => render(svg, 360).png().toBuffer()),
);
await save(
  'blink.gif',
  sharp(blink, { join: { animated: true } })
    .gif({ delay: [1400, 160], loop: 0, effort: 10 })
    .toBuffer(),
);

// A download that broke off: a valid start, no end.
const whole = await render(drawings.witch, 480).png({ palette: true, effort: 10 }).toBuffer();
await save('downloads/broken download.png', whole.subarray(0, Math.floor(whole.length * 0.4)));
