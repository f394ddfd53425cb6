import type { ScreenPicture } from '../../core/ports/screenPicture.ts';

/** Payload of one escape code at most, as the protocol says. */
const CHUNK = 4096;

/**
 * The Kitty graphics protocol (https://sw.kovidgoyal.net/kitty/graphics-protocol/): a PNG (`f=100`), sent and shown (`a=T`),
 * the cursor left where it is (`C=1`), no answer wanted (`q=2`), in chunks of base64.
 */
export function kittyImage({ png }: ScreenPicture): string {
  const data = Buffer.from(png).toString('base64');
  let text = '';
  for (let at = 0; at < data.length; at += CHUNK) {
    const more = at + CHUNK < data.length ? 1 : 0;
    const control = at === 0 ? `a=T,f=100,C=1,q=2,m=${more}` : `m=${more}`;
    text += `\u001b_G${control};${data.slice(at, at + CHUNK)}\u001b\\`;
  }
  return text;
}

/** Deletes all pictures and frees what they took. */
export const kittyClear = '\u001b_Ga=d,d=A,q=2\u001b\\';

/** Asks whether the protocol is understood, with a picture of one pixel that is not shown. */
export const kittyQuery = '\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001b\\';
