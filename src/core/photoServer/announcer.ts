import type { Clock } from '../ports/clock.ts';
import {
  PhotoServerError,
  type PhotoServer,
  type PhotoServerReason,
  type ServerLibrary,
} from '../ports/photoServer.ts';
import { chooseLibrary, commonEnd } from './chooseLibrary.ts';
import type { ServerChange, ServerChanges } from './serverChange.ts';

/** From so many on the whole library is listed, a thousand pictures a request, instead of looking for each. */
const LOOK_FOR_EACH = 50;
/** The server's own limit is higher; a job each is queued for them. */
const ASKED_AT_ONCE = 1000;
/** Pictures that it is asked for in the end. */
const SAMPLES = 3;
/** How long its queue gets to come to them. A first scan of a large library takes longer, which is not waited for. */
const PATIENCE_MS = 30_000;
const FIRST_LOOK_MS = 500;

export interface AnnouncerParts {
  readonly server: PhotoServer;
  readonly changes: ServerChanges;
  readonly clock: Clock;
  /** the setting, see chooseLibrary */
  readonly library: string;
  /** the NAS as the user names it */
  readonly nas: string;
  /** The tags that the sidecar of the image at this place has here, levels joined with `/`; undefined when there is none. */
  readonly tagsHere: (place: string) => Promise<readonly string[] | undefined>;
  /** whether the image at this place is here */
  readonly isHere: (place: string) => Promise<boolean>;
}

/** A picture that the server was asked for, and how it has it. */
export interface Sample {
  readonly place: string;
  readonly state: 'confirmed' | 'unknown' | 'other-tags';
}

export type Announcement =
  | {
      readonly kind: 'asked';
      readonly server: string;
      readonly library: string;
      /** pictures that were new, changed or gone, or had another sidecar */
      readonly changed: number;
      /** known pictures whose sidecars it was asked to read again */
      readonly readAgain: number;
      readonly samples: readonly Sample[];
    }
  /** it is told the next time, with what comes until then */
  | { readonly kind: 'failed'; readonly server: string; readonly reason: PhotoServerReason; readonly why: string };

/**
 * Tells a photo server of what was put on the NAS: asks for a scan of the library, for the sidecars that a scan would pass
 * over, and then for a few of the pictures, to see that it has them and their tags. The sync is none of its business: it has
 * ended before, and whatever fails here is told, and asked again after the next sync.
 */
export class Announcer {
  private readonly parts: AnnouncerParts;

  constructor(parts: AnnouncerParts) {
    this.parts = parts;
  }

  /** @returns undefined when there is nothing to tell. @throws FatalError, and the signal's reason before all was asked */
  async announce(signal: AbortSignal): Promise<Announcement | undefined> {
    const { server, changes, library: setting, nas } = this.parts;
    const due = await changes.all();
    if (due.length === 0) return undefined;
    try {
      const library = chooseLibrary(await server.libraries(signal), setting, nas);
      await server.scan(library.id, signal);
      const readAgain = await this.askForSidecars(library, due, signal);
      await changes.clear();
      const samples = await this.confirm(library, due, signal);
      return { kind: 'asked', server: server.name, library: library.name, changed: due.length, readAgain, samples };
    } catch (error) {
      if (!(error instanceof PhotoServerError)) throw error;
      return { kind: 'failed', server: server.name, reason: error.reason, why: error.message };
    }
  }

  close(): Promise<void> {
    return this.parts.server.close();
  }

  /** @returns how many pictures are read again */
  private async askForSidecars(
    library: ServerLibrary,
    due: readonly ServerChange[],
    signal: AbortSignal,
  ): Promise<number> {
    const { server } = this.parts;
    const sidecars = due.filter(({ kind }) => kind !== 'image');
    const ids = await this.find(library, sidecars.map(({ place }) => place), signal); // prettier-ignore
    for (let i = 0; i < ids.length; i += ASKED_AT_ONCE) {
      await server.readAgain(ids.slice(i, i + ASKED_AT_ONCE), signal);
    }
    if (sidecars.some(({ kind }) => kind === 'sidecar-new')) await server.discoverSidecars(signal);
    return ids.length;
  }

  /** Ids of the pictures at these places. Those that are new to it are found by the scan. */
  private async find(
    library: ServerLibrary,
    places: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { server } = this.parts;
    const ids: string[] = [];
    if (places.length <= LOOK_FOR_EACH) {
      // which of several is meant is a guess: to read one too many again does no harm
      for (const place of places) for (const { id } of await this.matches(library, place, signal)) ids.push(id);
      return ids;
    }
    const wanted = new Set(places.map(canonical));
    for await (const { id, path } of server.assets(library.id, undefined, signal)) {
      if (endsOf(canonical(path)).some((end) => wanted.has(end))) ids.push(id);
    }
    return ids;
  }

  /**
   * Where the server sees the NAS folder it does not say. Of several pictures whose paths end in the place it is the one below a
   * folder that is called most like the NAS, else the one with the least above it: the others lie in folders of that.
   */
  private async idOf(library: ServerLibrary, place: string, signal: AbortSignal): Promise<string | undefined> {
    let best: { readonly id: string; readonly alike: number; readonly length: number } | undefined;
    for (const { id, above } of await this.matches(library, place, signal)) {
      const found = { id, alike: commonEnd(above, this.parts.nas), length: above.length };
      const isBetter = !best || found.alike > best.alike || (found.alike === best.alike && found.length < best.length);
      if (isBetter) best = found;
    }
    return best?.id;
  }

  /** Pictures whose paths end in the place, with what is above that. */
  private async matches(
    library: ServerLibrary,
    place: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly id: string; readonly above: string }[]> {
    const end = `/${canonical(place)}`;
    const found: { readonly id: string; readonly above: string }[] = [];
    for await (const { id, path } of this.parts.server.assets(library.id, `/${place}`, signal)) {
      const whole = canonical(path);
      if (whole.endsWith(end)) found.push({ id, above: whole.slice(0, -end.length) });
    }
    return found;
  }

  /** Asks for a few until it has them or time is up. Being told to stop ends the waiting, and takes nothing back. */
  private async confirm(
    library: ServerLibrary,
    due: readonly ServerChange[],
    signal: AbortSignal,
  ): Promise<readonly Sample[]> {
    const { clock } = this.parts;
    const samples: Sample[] = (await this.pick(due)).map((place) => ({ place, state: 'unknown' }));
    const until = clock.now() + PATIENCE_MS;
    try {
      for (let wait = FIRST_LOOK_MS; samples.some(isOpen) && clock.now() + wait <= until; wait *= 2) {
        await clock.sleep(wait, signal);
        for (const [i, sample] of samples.entries()) {
          if (isOpen(sample)) samples[i] = await this.look(library, sample.place, signal);
        }
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof PhotoServerError)) throw error;
    }
    return samples;
  }

  /** Those that are here, from all over the list, sidecars before others: they are what a scan alone would miss. */
  private async pick(due: readonly ServerChange[]): Promise<readonly string[]> {
    const ordered = [...due.filter(({ kind }) => kind !== 'image'), ...due.filter(({ kind }) => kind === 'image')];
    const step = Math.max(1, Math.floor(ordered.length / SAMPLES));
    const picked: string[] = [];
    for (let i = 0; i < ordered.length && picked.length < SAMPLES; i += step) {
      const place = ordered[i]?.place;
      if (place !== undefined && (await this.parts.isHere(place))) picked.push(place);
    }
    return picked;
  }

  private async look(library: ServerLibrary, place: string, signal: AbortSignal): Promise<Sample> {
    const id = await this.idOf(library, place, signal);
    if (id === undefined) return { place, state: 'unknown' };
    const there = new Set((await this.parts.server.tagsOf(id, signal)).map(canonical));
    const here = (await this.parts.tagsHere(place)) ?? [];
    return { place, state: here.every((tag) => there.has(canonical(tag))) ? 'confirmed' : 'other-tags' };
  }
}

const isOpen = ({ state }: Sample): boolean => state !== 'confirmed';

/** macOS shares give names with their accents apart. */
const canonical = (text: string): string => text.normalize('NFC');

/** `a/b/c.jpg`, `b/c.jpg`, `c.jpg`: where it may be below any folder. */
function endsOf(path: string): readonly string[] {
  const ends: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) ends.push(path.slice(at + 1));
  return ends;
}
