// prettier-ignore
const ENDINGS = new Set(['.jpg', '.jpeg', '.jfif', '.png', '.webp', '.gif', '.avif', '.heic', '.heif', '.tif', '.tiff', '.bmp', '.jxl']);

/**
 * Whether a name looks like an image's. The tree goes by names, since it must not open 100,000 files; a run goes by content.
 */
export function isImageName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && !name.startsWith('.') && ENDINGS.has(name.slice(dot).toLowerCase());
}
