/**
 * Whether a name looks like an image's. The tree goes by names, since it must not open 100,000 files; a run goes by content.
 */
export function isImageName(name: string): boolean {
  return /\.(jpe?g|jfif|png|webp|gif|avif|hei[cf]|tiff?|bmp|jxl)$/i.test(name) && !name.startsWith('.');
}
