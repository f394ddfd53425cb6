import type { ModelFile, ModelFiles } from '../../ports/modelFiles.ts';
import type { PartProbe } from '../../ports/partProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { partFinding } from '../partFinding.ts';

const BRING_MODELS = 'Install Image Inbox again. In a checkout: npm run build:models.';

/** The bundled models: their files, and whether they load. Without them a run goes on without style and persons. */
export class ModelsCheck implements Check {
  readonly id = 'models';
  readonly title = 'Models (analysis)';
  private readonly files: ModelFiles;
  private readonly analyzer: PartProbe;
  private readonly isNeeded: boolean;

  /** @param isNeeded images are to be analyzed */
  constructor(files: ModelFiles, analyzer: PartProbe, isNeeded: boolean) {
    this.files = files;
    this.analyzer = analyzer;
    this.isNeeded = isNeeded;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const grave = this.isNeeded ? 'problem' : 'warning';
    const files = await this.files.check(signal);
    if (!files) {
      return [{ status: grave, title: 'Models', detail: 'There are none.', whatToDo: BRING_MODELS }];
    }
    const bad = files.filter(({ state }) => state !== 'sound').map((file) => badFile(file, grave));
    if (bad.length > 0) return bad;
    const works = await this.analyzer.probe(signal);
    return [
      { status: 'ok', title: 'Models', detail: `${files.length} files, as their checksums say.` },
      partFinding(
        this.analyzer.name,
        works,
        grave,
        'Install Image Inbox again, for this platform. In a checkout: npm ci. Or switch imageInbox.stages.analyze off.',
      ),
    ];
  }
}

function badFile({ path, state }: ModelFile, status: 'problem' | 'warning'): Finding {
  const detail = state === 'missing' ? `${path} is missing.` : `${path} is damaged: its checksum does not fit.`;
  return { status, title: 'Model', detail, whatToDo: BRING_MODELS };
}
