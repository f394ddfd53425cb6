import type { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { present, type Reader, type Seen } from './reader.ts';
import type { Says } from './says.ts';

/** What the tree's tooltip shows. */
export class OwnReader implements Reader {
  readonly name = 'Image Inbox';
  private readonly writer: ExiftoolMetadataWriter;

  constructor(writer: ExiftoolMetadataWriter) {
    this.writer = writer;
  }

  version(): string {
    return 'this version';
  }

  async read(images: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
    const seen = new Map<string, Seen>();
    for (const image of images) seen.set(image, { ...(await this.writer.readSidecar(`${image}.xmp`)) });
    return seen;
  }

  expected({ tags, description, source, stars }: Says): Seen {
    return present({
      tags: tags.map((path) => path.join('/')),
      rating: tags.find(([first]) => first === 'rating')?.[1],
      stars,
      source,
      description,
    });
  }

  tagsOf({ tags }: Seen): readonly string[] {
    return tags as readonly string[];
  }
}
