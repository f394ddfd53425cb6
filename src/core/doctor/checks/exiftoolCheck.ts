import type { PartProbe } from '../../ports/partProbe.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { partFinding } from '../partFinding.ts';

const INSTALL_PERL =
  'Install Perl: on Debian and Ubuntu “sudo apt install perl”, on Fedora “sudo dnf install perl”, on Alpine “apk add perl”, ' +
  'on macOS “brew install perl”, on a Synology the package “Perl” of its Package Center. Then start this program again.';

export interface ExiftoolCheckParts {
  /** absent on Windows, where ExifTool brings its own */
  readonly perl?: PartProbe;
  readonly exiftool: PartProbe;
  /** sidecars are to be written */
  readonly isNeeded: boolean;
}

/** ExifTool, and the Perl that it is written in. */
export class ExiftoolCheck implements Check {
  readonly id = 'exiftool';
  readonly title = 'ExifTool (sidecars)';
  private readonly parts: ExiftoolCheckParts;

  constructor(parts: ExiftoolCheckParts) {
    this.parts = parts;
  }

  async look(signal: AbortSignal): Promise<readonly Finding[]> {
    const { perl, exiftool, isNeeded } = this.parts;
    const grave = isNeeded ? 'problem' : 'warning';
    const findings: Finding[] = [];
    if (perl) {
      const answer = await perl.probe(signal);
      findings.push(partFinding(perl.name, answer, grave, INSTALL_PERL));
      // it would only say the same in other words
      if (answer.kind === 'broken') return findings;
    }
    const answer = await exiftool.probe(signal);
    const advice = perl
      ? 'Install the whole of Perl (a “perl-base” alone is not enough), or install Image Inbox again.'
      : 'Install Image Inbox again, and see whether a virus scanner keeps exiftool.exe from starting.';
    return [...findings, partFinding(exiftool.name, answer, grave, advice)];
  }
}
