import { shownNas } from './shownNas.ts';

/** Where the NAS is, as the setting says. */
export type Destination =
  /** mounted, a mapped drive, UNC: the system's own file access reaches it */
  | { readonly kind: 'path'; readonly text: string }
  /** `user@host:path`, `host::module`, `rsync://host/module` */
  | { readonly kind: 'rsync'; readonly text: string }
  /** `remote:path` of rclone, or `host:path`, which looks the same: the engine tells them apart */
  | { readonly kind: 'named'; readonly text: string };

export type EngineId = 'builtin' | 'robocopy' | 'rsync' | 'rclone';

/** What kind of destination a text is. On Windows `C:` is a drive; elsewhere a name before `:` is a host or a remote. */
export function parseDestination(text: string, platform: NodeJS.Platform): Destination {
  if (/^rsync:\/\//i.test(text) || /^[^/\\:]+::/.test(text)) return { kind: 'rsync', text };
  if (platform === 'win32' && (/^[a-z]:([\\/]|$)/i.test(text) || /^[\\/]{2}/.test(text))) return { kind: 'path', text };
  // a remote on the fly: among its parameters may be paths and addresses
  if (/^:[^/\\:,]+,/.test(text)) return { kind: 'named', text };
  const name = /^(:?[^/\\:]+):/.exec(text)?.[1];
  if (name === undefined) return { kind: 'path', text };
  // rclone's own remotes on the fly begin with a colon
  return name.includes('@') && !name.startsWith(':') ? { kind: 'rsync', text } : { kind: 'named', text };
}

/** The folder through which this system reaches a NAS; undefined for an address of rsync or rclone, and for none at all. */
export function mountedFolder(nas: string | undefined): string | undefined {
  if (nas === undefined) return undefined;
  const { kind, text } = parseDestination(nas, process.platform);
  return kind === 'path' ? text : undefined;
}

export type EngineChoice =
  { readonly kind: 'engine'; readonly engine: EngineId } | { readonly kind: 'impossible'; readonly why: string };

/** The engine for a destination, or why the one that is set can't reach it. */
export function chooseEngine(
  setting: EngineId | 'auto',
  destination: Destination,
  platform: NodeJS.Platform,
): EngineChoice {
  const engine = setting === 'auto' ? automatic(destination, platform) : setting;
  const impossible = (why: string): EngineChoice => ({ kind: 'impossible', why });
  if (engine === 'robocopy' && platform !== 'win32') return impossible('robocopy is a part of Windows');
  if ((engine === 'builtin' || engine === 'robocopy') && destination.kind !== 'path') {
    return impossible(
      `${engine} needs a folder, and ${shownNas(destination.text)} is none; rsync or rclone may reach it`,
    );
  }
  if (engine === 'rclone' && destination.kind === 'rsync') {
    return impossible(`${shownNas(destination.text)} is an address for rsync`);
  }
  return { kind: 'engine', engine };
}

function automatic({ kind }: Destination, platform: NodeJS.Platform): EngineId {
  if (kind === 'rsync') return 'rsync';
  if (kind === 'named') return 'rclone';
  return platform === 'win32' ? 'robocopy' : 'builtin';
}
