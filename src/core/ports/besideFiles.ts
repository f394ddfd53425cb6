import type { BesideEvidence } from '../model/evidence.ts';

/** The files that gallery-dl (`a.jpg.json`) and Hydrus (`a.jpg.txt`) put beside an image. They are read, never changed. */
export interface BesideFiles {
  /**
   * What lies beside the image, the most telling first. A file that can't be understood is named in `problems` (one sentence
   * each, with its path) and is no obstacle. Rejects only when `signal` is aborted.
   */
  read(
    imagePath: string,
    signal: AbortSignal,
  ): Promise<{ readonly evidence: readonly BesideEvidence[]; readonly problems: readonly string[] }>;
}
