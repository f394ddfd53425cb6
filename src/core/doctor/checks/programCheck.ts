import type { DecoderProbe } from '../../ports/decoderProbe.ts';
import type { PartProbe } from '../../ports/partProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { partFinding } from '../partFinding.ts';

/** What the dependencies ask for (see src/terminal/launcher.cjs). */
const OLDEST_NODE = [22, 19] as const;

const REINSTALL =
  'Install Image Inbox again, for this platform: its native parts are missing or belong to another one. In a checkout: npm ci.';

/** Node, and the native modules beside the models. */
export class ProgramCheck implements Check {
  readonly id = 'program';
  readonly title = 'Program';
  private readonly node: string;
  private readonly decoder: DecoderProbe;
  private readonly database: PartProbe;

  /** @param node the version of the Node that runs this */
  constructor(node: string, decoder: DecoderProbe, database: PartProbe) {
    this.node = node;
    this.decoder = decoder;
    this.database = database;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const decoder = await this.decoder.probe(signal);
    const database = await this.database.probe(signal);
    return [
      nodeFinding(this.node),
      partFinding(this.decoder.name, decoder, 'problem', REINSTALL),
      ...(decoder.kind === 'works' ? [formatsFinding(await this.decoder.missingFormats())] : []),
      partFinding(this.database.name, database, 'problem', REINSTALL),
    ];
  }
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return { status: 'ok', title: 'Node', detail: version };
  }
  return {
    status: 'problem',
    title: 'Node',
    detail: `This is Node ${version}; ${OLDEST_NODE.join('.')} or newer is needed.`,
    whatToDo: 'Install a newer Node, or update VS Code, which brings its own.',
  };
}

/** No warning: every ready-made decoder lacks some, and who has no such pictures misses nothing. */
function formatsFinding(missing: readonly string[]): Finding {
  const title = 'Picture formats';
  if (missing.length === 0) return { status: 'ok', title, detail: 'All are decoded.' };
  return {
    status: 'ok',
    title,
    detail: `Not decoded on this machine: ${missing.join(', ')}. Such images are looked up by their bytes, sorted and synced, but not searched by their look or analyzed.`,
    whatToDo: 'If you have many of them, convert them to JPEG, PNG, WebP or AVIF first.',
  };
}
