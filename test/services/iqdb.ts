import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { candidatesFor } from './candidates.ts';
import {
  failure,
  fileName,
  formPage,
  iqdbSites,
  pageHead,
  queueStart,
  queueStep,
  results,
  unreadable,
  type IqdbMatch,
} from './iqdbPage.ts';
import type { UploadedFile } from './multipart.ts';
import type { Post } from './posts.ts';
import { Service, type Answer, type ReceivedRequest, type ServiceOptions } from './service.ts';

export interface IqdbOptions extends ServiceOptions {
  readonly queue?: IqdbQueue;
}

/** The places in the queue that a query is told before its results, and how long each lasts. */
export interface IqdbQueue {
  readonly places: readonly number[];
  readonly msPerPlace: number;
}

const maxBytes = 8192 * 1024;
const maxSide = 7500;
const acceptedFormats = ['jpeg', 'png', 'gif'];
// The weakest best match on record has 68 %, the strongest merely possible one 59 %.
const relevant = 60;

const noQueue: IqdbQueue = { places: [], msPerPlace: 0 };

/** IQDB: `POST /` with a picture; a web page whose first part is sent while the search still waits. */
export class Iqdb extends Service {
  protected readonly maxBody = maxBytes;
  // A web server in front refuses these, so that the page is not one of IQDB's.
  protected readonly tooLarge: Answer = {
    status: 413,
    kind: 'too-large',
    type: 'text/html',
    body: '<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>413 Payload Too Large</title></head><body><h1>413 Payload Too Large</h1></body></html>\n',
  };
  readonly #posts: readonly Post[];
  /** The end of the newest query of each client: the next one waits for it. */
  readonly #turns = new Map<string, { readonly others: number; readonly done: Promise<unknown> }>();
  #queue: IqdbQueue;
  #parallelQueries = 0;

  constructor(posts: readonly Post[], options: IqdbOptions = {}) {
    super(options);
    this.#posts = posts;
    this.#queue = options.queue ?? noQueue;
  }

  /** How many queries came while another one of the same client was still running. */
  get parallelQueries(): number {
    return this.#parallelQueries;
  }

  setQueue(queue: IqdbQueue): void {
    this.#queue = queue;
  }

  protected answer(request: ReceivedRequest): Answer | Promise<Answer> {
    const page = (kind: string, body: Answer['body'], status = 200): Answer => ({
      status,
      kind,
      type: 'text/html; charset=utf-8',
      body,
    });
    if (request.path !== '/') return page('not-found', '<html><body>404 - Not Found</body></html>', 404);
    const upload = request.files.find(({ field, data }) => field === 'file' && data.length > 0);
    const url = request.query.get('url') ?? request.fields.get('url') ?? '';
    if (upload !== undefined) return this.#query(request, upload, page);
    // The stand-in fetches nothing.
    if (url !== '')
      return page(
        'remote-error',
        pageHead +
          failure(
            '-4 503 Service Unavailable',
            'HTTP request failed: 503 Service Unavailable.<br><br>If you still have the image open, try saving it to your disk and upload it directly.',
          ),
      );
    return page('form', formPage);
  }

  async #query(
    request: ReceivedRequest,
    upload: UploadedFile,
    page: (kind: string, body: Answer['body']) => Answer,
  ): Promise<Answer> {
    const before = this.#turns.get(request.client);
    if (before !== undefined) this.#parallelQueries += 1;
    const { promise: done, resolve: finish } = Promise.withResolvers<undefined>();
    const turn = { others: (before?.others ?? -1) + 1, done };
    this.#turns.set(request.client, turn);
    const { kind, rest } = await this.#search(request, upload);
    const turns = this.#turns;
    const { places, msPerPlace } = this.#queue;
    async function* streamed(): AsyncGenerator<string> {
      // All of it in here: a client that goes away at the first part must not hold up its next query.
      try {
        yield pageHead;
        if (before !== undefined || places.length > 0) yield queueStart;
        if (before !== undefined) {
          yield queueStep(1, turn.others);
          await before.done;
        }
        for (const place of places) {
          yield queueStep(place, 0);
          await wait(msPerPlace);
        }
        yield rest;
      } finally {
        if (turns.get(request.client) === turn) turns.delete(request.client);
        finish(undefined);
      }
    }
    return page(kind, streamed());
  }

  async #search(
    { fields, query }: ReceivedRequest,
    { filename, data }: UploadedFile,
  ): Promise<{ readonly kind: string; readonly rest: string }> {
    const name = fileName(filename);
    const limit = Number(fields.get('MAX_FILE_SIZE') ?? maxBytes);
    if (data.length > limit) {
      return {
        kind: 'file-too-large',
        rest: failure('-3', `File ${name} too large (${Math.floor(data.length / 1024)} KB)`),
      };
    }
    const format = await formatOf(data);
    if (!acceptedFormats.includes(format.name)) {
      const said = format.name === '' ? 'application/octet-stream' : `image/${format.name}`;
      return {
        kind: 'not-an-image',
        rest: failure(
          `-1 ${said}`,
          `${name}: Not an image or image format not supported (server says it is ${said}).<br>Make sure the source URL points directly to the image.`,
        ),
      };
    }
    if (format.width > maxSide || format.height > maxSide) {
      return {
        kind: 'dimensions-too-large',
        rest: failure('-2', `Image ${name} too large (${format.width} x ${format.height}).`),
      };
    }
    const services = [...fields.getAll('service[]'), ...query.getAll('service[]')].map(Number);
    const sites = iqdbSites.filter(({ service }) => services.length === 0 || services.includes(service));
    try {
      const matches = (await candidatesFor(data, this.#posts, 'iqdb')).flatMap((candidate) =>
        sites.flatMap((site): IqdbMatch[] => {
          const id = candidate.post.sites[site.key];
          return id === undefined ? [] : [{ ...candidate, site, id }];
        }),
      );
      const found = (matches[0]?.similarity ?? 0) >= relevant;
      const thumb = createHash('sha1').update(data).digest('hex').slice(0, 8);
      return { kind: found ? 'found' : 'no-match', rest: results(filename, thumb, found, matches.slice(0, 16)) };
    } catch {
      // Looks like a picture but cannot be decoded to its end.
      return { kind: 'unreadable', rest: unreadable };
    }
  }
}

async function formatOf(
  data: Buffer,
): Promise<{ readonly name: string; readonly width: number; readonly height: number }> {
  try {
    const { format, width, height } = await sharp(data, { limitInputPixels: false }).metadata();
    return { name: format, width, height };
  } catch {
    return { name: '', width: 0, height: 0 };
  }
}
