import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Service, type Answer, type ReceivedRequest, type ServiceOptions } from './service.ts';

/** A key as the Immich of a test knows it. */
export interface ImmichKey {
  /** `all`, or those of its API document: `library.read`, … */
  readonly permissions: readonly string[];
  readonly isAdmin?: boolean;
}

export interface ImmichLibrary {
  readonly id: string;
  readonly name: string;
  /** as Immich sees it, in its container */
  readonly importPath: string;
  /** the same folder on this machine */
  readonly folder: string;
}

export interface ImmichOptions extends ServiceOptions {
  readonly keys: Readonly<Record<string, ImmichKey>>;
  readonly libraries: readonly ImmichLibrary[];
}

interface Asset {
  readonly id: string;
  readonly libraryId: string;
  readonly originalPath: string;
  readonly file: string;
  mtimeMs: number;
  /** linked once, and looked for again only by the sidecar job */
  sidecar: string | undefined;
  tags: readonly string[];
}

/** The extensions of its mime-types.ts that our samples have. */
const IMAGE = /\.(avif|bmp|gif|heic|heif|jpe?g|jxl|png|tiff?|webp)$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Immich, as its OpenAPI document has it, as far as a sync asks for it: `x-api-key`, permissions, the errors of NestJS. Its jobs
 * do what its source says of them: a scan takes in what is new, with the sidecar beside it, reads again what has another
 * time, and passes over the rest, whatever became of its sidecar; `refresh-metadata` reads the linked sidecar; the sidecar job
 * without `force` visits the assets that have none.
 */
export class Immich extends Service {
  protected readonly maxBody = 10 * 1024 * 1024;
  protected readonly tooLarge: Answer = refusal(413, 'Payload Too Large', 'request entity too large');
  /** while true, what is asked for waits in the queue */
  isBusy = false;
  readonly #keys: Readonly<Record<string, ImmichKey>>;
  readonly #libraries: readonly ImmichLibrary[];
  readonly #assets = new Map<string, Asset>();
  readonly #queue: (() => void)[] = [];

  constructor({ keys, libraries, ...options }: ImmichOptions) {
    super(options);
    this.#keys = keys;
    this.#libraries = libraries;
  }

  /** `path in the library: its tags`, as a person would find them */
  get shown(): Readonly<Record<string, readonly string[]>> {
    this.#work();
    return Object.fromEntries([...this.#assets.values()].map(({ originalPath, tags }) => [originalPath, tags]));
  }

  /** Method and path of the requests so far, ids left out. */
  get asked(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, ':id')}`);
  }

  protected answer(request: ReceivedRequest): Answer {
    const { method, path } = request;
    // a job that was asked for before this request is done by now
    this.#work();
    const [, id = ''] = /^\/api\/(?:libraries|assets)\/([^/]+)/.exec(path) ?? [];
    const route = `${method} ${path.replace(`/${id}`, id === '' || id === 'jobs' ? `/${id}` : '/:id')}`;
    switch (route) {
      case 'GET /api/libraries':
        return this.#with(request, 'library.read', true, () => json('libraries', this.#libraries.map(libraryDto)));
      case 'POST /api/libraries/:id/scan':
        return this.#with(request, 'library.update', true, () => this.#scan(id));
      case 'POST /api/search/metadata':
        return this.#with(request, 'asset.read', false, () => this.#search(request));
      case 'GET /api/assets/:id':
        return this.#with(request, 'asset.read', false, () => this.#asset(id));
      case 'POST /api/assets/jobs':
        return this.#with(request, 'job.create', false, () => this.#refresh(request));
      case 'PUT /api/jobs/sidecar':
        return this.#with(request, 'job.create', true, () => this.#discover(request));
      case 'GET /api/api-keys/me':
        return this.#with(request, false, false, (key) =>
          json('api-key', { id: randomUUID(), name: 'image-inbox', permissions: key.permissions }),
        );
      default:
        return refusal(404, 'Not Found', `Cannot ${method} ${path}`);
    }
  }

  #with(
    request: ReceivedRequest,
    permission: string | false,
    admin: boolean,
    then: (key: ImmichKey) => Answer,
  ): Answer {
    const given = String(request.headers['x-api-key'] ?? '');
    if (given === '') return refusal(401, 'Unauthorized', 'Authentication required');
    const key = this.#keys[given];
    if (!key) return refusal(401, 'Unauthorized', 'Invalid API key');
    if (admin && key.isAdmin === false) return refusal(403, 'Forbidden', 'Forbidden');
    const isGranted = permission === false || key.permissions.includes('all') || key.permissions.includes(permission);
    if (!isGranted) return refusal(403, 'Forbidden', `Missing required permission: ${permission}`);
    return then(key);
  }

  #scan(id: string): Answer {
    if (!UUID.test(id)) return refusal(400, 'Bad Request', ['id must be a UUID']);
    const library = this.#libraries.find((one) => one.id === id);
    if (!library) return refusal(400, 'Bad Request', 'Library not found');
    this.#queue.push(() => this.#scanFolder(library));
    return { status: 204, kind: 'scan', type: 'text/plain', body: '' };
  }

  #search({ json: body }: ReceivedRequest): Answer {
    const {
      libraryId,
      originalPath,
      page = 1,
      size = 250,
    } = (body ?? {}) as {
      libraryId?: string;
      originalPath?: string;
      page?: number;
      size?: number;
    };
    if (size > 1000) return refusal(400, 'Bad Request', ['size must not be greater than 1000']);
    // `ilike '%' || f_unaccent(text) || '%'`
    const like = originalPath === undefined ? undefined : ilike(originalPath);
    const found = [...this.#assets.values()].filter(
      (asset) => asset.libraryId === libraryId && (like?.test(unaccented(asset.originalPath)) ?? true),
    );
    const items = found.slice((page - 1) * size, page * size).map(({ tags: _tags, ...asset }) => assetDto(asset));
    const nextPage = page * size < found.length ? String(page + 1) : null;
    return json('search', {
      albums: { total: 0, count: 0, items: [], facets: [] },
      assets: { total: items.length, count: items.length, items, facets: [], nextPage },
    });
  }

  #asset(id: string): Answer {
    const asset = [...this.#assets.values()].find((one) => one.id === id);
    if (!asset) return refusal(400, 'Bad Request', 'Not found or no asset.read access');
    const tags = asset.tags.map((value) => ({ id: randomUUID(), name: value.split('/').at(-1), value }));
    return json('asset', { ...assetDto(asset), tags });
  }

  #refresh({ json: body }: ReceivedRequest): Answer {
    const { assetIds = [], name } = (body ?? {}) as { assetIds?: readonly string[]; name?: string };
    if (name !== 'refresh-metadata') return refusal(400, 'Bad Request', ['name must be one of the following values']);
    this.#queue.push(() => {
      for (const asset of this.#assets.values()) if (assetIds.includes(asset.id)) readMetadata(asset);
    });
    return { status: 204, kind: 'refresh', type: 'text/plain', body: '' };
  }

  #discover({ json: body }: ReceivedRequest): Answer {
    const { command, force } = (body ?? {}) as { command?: string; force?: boolean };
    if (command !== 'start') return refusal(400, 'Bad Request', ['command must be one of the following values']);
    this.#queue.push(() => {
      for (const asset of this.#assets.values()) {
        if (asset.sidecar !== undefined && force !== true) continue;
        linkSidecar(asset);
        readMetadata(asset);
      }
    });
    return json('discover', { jobCounts: { active: 1 }, queueStatus: { isActive: true, isPaused: false } });
  }

  #work(): void {
    while (!this.isBusy && this.#queue.length > 0) this.#queue.shift()?.();
  }

  #scanFolder({ id: libraryId, folder, importPath }: ImmichLibrary): void {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const seen = new Set<string>();
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name);
      // it crawls without hidden files and folders
      if (!entry.isFile() || !IMAGE.test(entry.name) || relative(folder, file).split('/').some(isHidden)) continue;
      const originalPath = join(importPath, relative(folder, file));
      seen.add(originalPath);
      const { mtimeMs } = statSync(file);
      const known = this.#assets.get(originalPath);
      if (known?.mtimeMs === mtimeMs) continue;
      const asset: Asset = known ?? {
        id: randomUUID(), libraryId, originalPath, file, mtimeMs, sidecar: undefined, tags: [],
      }; // prettier-ignore
      asset.mtimeMs = mtimeMs;
      linkSidecar(asset);
      readMetadata(asset);
      this.#assets.set(originalPath, asset);
    }
    for (const [path, asset] of this.#assets) {
      if (asset.libraryId === libraryId && !seen.has(path)) this.#assets.delete(path);
    }
  }
}

const isHidden = (name: string): boolean => name.startsWith('.');

function linkSidecar(asset: Asset): void {
  const beside = `${asset.file}.xmp`;
  asset.sidecar = existsSync(beside) ? beside : undefined;
}

/** The entries of digiKam:TagsList, which it takes first. */
function readMetadata(asset: Asset): void {
  const xmp = asset.sidecar === undefined ? '' : readFileSync(asset.sidecar, 'utf8');
  const list = /<digiKam:TagsList>(.*?)<\/digiKam:TagsList>/s.exec(xmp)?.[1] ?? '';
  asset.tags = [...list.matchAll(/<rdf:li>(.*?)<\/rdf:li>/gs)].map(([, text = '']) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  ); // prettier-ignore
}

const libraryDto = ({ id, name, importPath }: ImmichLibrary): object => ({
  id, name, ownerId: '7b2c0c8e-0000-4000-8000-000000000001', assetCount: 0, importPaths: [importPath],
  exclusionPatterns: ['**/@eaDir/**', '**/._*', '**/#recycle/**', '**/#snapshot/**'],
  createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z', refreshedAt: null,
}); // prettier-ignore

const assetDto = ({ id, libraryId, originalPath, mtimeMs }: Omit<Asset, 'tags'>): object => ({
  id, libraryId, originalPath, type: 'IMAGE', originalFileName: originalPath.split('/').at(-1),
  fileModifiedAt: new Date(mtimeMs).toISOString(), isOffline: false, isTrashed: false,
}); // prettier-ignore

const unaccented = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '');

/** A pattern of LIKE with its escape, in the middle of a text. */
function ilike(pattern: string): RegExp {
  const parts = unaccented(pattern).match(/\\.|./gsu) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    const letter = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
    return letter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  });
  return new RegExp(source.join(''), 'isu');
}

const json = (kind: string, body: unknown): Answer => ({
  status: 200, kind, type: 'application/json; charset=utf-8', body: JSON.stringify(body),
}); // prettier-ignore

const refusal = (status: number, error: string, message: string | readonly string[]): Answer => ({
  status,
  kind: `refused-${status}`,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify({ message, error, statusCode: status, correlationId: 'k4m2x9qz' }),
});
