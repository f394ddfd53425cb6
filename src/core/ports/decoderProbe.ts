import type { PartProbe } from './partProbe.ts';

export interface DecoderProbe extends PartProbe {
  /** Names of the formats that the installed decoder does not read. Only once it works. */
  missingFormats(): Promise<readonly string[]>;
}
