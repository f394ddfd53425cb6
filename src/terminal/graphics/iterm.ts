import type { ScreenPicture } from '../../core/ports/screenPicture.ts';

/** iTerm2's inline images (https://iterm2.com/documentation-images.html), which WezTerm, mintty and VS Code know too. */
export function itermImage({ png, width, height }: ScreenPicture): string {
  const data = Buffer.from(png);
  const facts = `inline=1;size=${data.length};width=${width}px;height=${height}px;preserveAspectRatio=1`;
  return `\u001b]1337;File=${facts}:${data.toString('base64')}\u0007`;
}
