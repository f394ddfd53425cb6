import type { WatchEvent } from '../core/watch/watcher.ts';
import { printable } from './output.ts';

export interface WatchOutputParts {
  readonly write: (line: string) => void;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What happens between the runs, a line each; the runs tell of themselves. */
export function printWatchEvent(event: WatchEvent, { write, json, quiet }: WatchOutputParts): void {
  if (json) {
    const line = jsonOf(event);
    if (line) write(JSON.stringify(line));
    return;
  }
  const text = textOf(event);
  if (text !== undefined && (!quiet || event.kind === 'trouble' || event.kind === 'recovered')) write(text);
}

function textOf(event: WatchEvent): string | undefined {
  switch (event.kind) {
    case 'watching':
      return `Watching ${printable(event.folder)}, with a look every ${event.everySeconds} seconds at least. Ctrl-C ends it.`;
    case 'batch':
      return `${event.images === 1 ? '1 image has' : `${event.images} images have`} arrived.`;
    case 'waiting':
      return `What was put off goes on at ${new Date(event.until).toLocaleString()}.`;
    case 'trouble':
      return `${printable(event.message)} This is tried again by itself.`;
    case 'recovered':
      return 'Going on.';
    case 'run-ended':
      return undefined;
  }
}

function jsonOf(event: WatchEvent): object | undefined {
  switch (event.kind) {
    case 'watching':
      return { event: 'watching', folder: event.folder, everySeconds: event.everySeconds };
    case 'batch':
      return { event: 'arrived', images: event.images };
    case 'waiting':
      return { event: 'waiting', until: new Date(event.until).toISOString() };
    case 'trouble':
      return { event: 'warning', message: event.message };
    case 'recovered':
      return { event: 'recovered' };
    case 'run-ended':
      return undefined;
  }
}
