import type { Person } from '../../core/model/analysis.ts';
import { boxInPicture, type Letterbox } from './letterbox.ts';
import { rounded } from './rounded.ts';
import { suppressOverlaps } from './suppressOverlaps.ts';

/** x1, y1, x2, y2 in pixels of the square, score 0 to 1, class 0 to 79 of COCO */
export const DETECTION_FIELDS = 6;
const PERSON = 0;

/** A smaller share of the picture is noise: with it the false alarms on 59 photographs without people went from 2 to 0. */
const MIN_AREA = 0.005;
/** The detector's authors use this overlap and number. */
const MAX_OVERLAP = 0.4;
const MAX_PERSONS = 10;

/**
 * The persons among what the detector found.
 * @param detections rows of six numbers: x1, y1, x2, y2 in pixels of the square, score, class
 * @param threshold least score, 0 to 1
 * @returns best first; boxes in shares of the picture
 */
export function personsOf(detections: Float32Array, box: Letterbox, threshold: number): readonly Person[] {
  const found: Person[] = [];
  for (let at = 0; at + DETECTION_FIELDS <= detections.length; at += DETECTION_FIELDS) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, confidence = 0, kind] = detections.subarray(at, at + DETECTION_FIELDS);
    if (kind !== PERSON || confidence < threshold) continue;
    const inPicture = boxInPicture([x1, y1, x2, y2], box);
    if (inPicture[2] * inPicture[3] >= MIN_AREA) found.push({ box: inPicture, confidence });
  }
  return suppressOverlaps(found, MAX_OVERLAP)
    .slice(0, MAX_PERSONS)
    .map(({ box: [x, y, w, h], confidence }) => ({
      box: [rounded(x), rounded(y), rounded(w), rounded(h)],
      confidence: rounded(confidence),
    }));
}
