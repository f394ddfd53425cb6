import type { DryRunReport, PlannedImage } from './dryRun.ts';
import type { SortedPreview } from './sortedPreview.ts';

/** An image that a run would take to a category. */
export type GoingImage = Extract<PlannedImage, { kind: 'goes' }>;

export const goingImages = ({ images }: DryRunReport): readonly GoingImage[] =>
  images.filter((image) => image.kind === 'goes');

/** What may lead the image elsewhere yet, in words; empty when nothing does. */
export function openText({ open }: GoingImage): string {
  const words = open.map((what) => (what === 'search' ? 'not searched yet' : 'waits for review'));
  return words.join(', ');
}

/** `12 images: 9 would be sorted, 2 skipped, 1 failed. 4 of them wait for review first; ...`, a sentence each. */
export function dryRunSummary(report: DryRunReport): readonly string[] {
  const { images, complete } = report;
  const count = (kind: PlannedImage['kind']): number => images.filter((image) => image.kind === kind).length;
  const going = goingImages(report);
  const waiting = going.filter(({ open }) => open.includes('review')).length;
  const unsearched = going.filter(({ open }) => open.includes('search')).length;
  const parts = [
    `${going.length} would be sorted`,
    ...some(count('stays'), 'stay: the stages that sort are off'),
    ...some(count('skipped'), 'would be skipped'),
    ...some(count('failed'), 'would fail'),
  ];
  return [
    `${complete ? '' : 'Stopped after '}${images.length} ${images.length === 1 ? 'image' : 'images'}: ${parts.join(', ')}.`,
    ...(waiting > 0
      ? [`${waiting} would wait for your review first; what you reject or edit can lead elsewhere.`]
      : []),
    ...(unsearched > 0 ? [`${unsearched} are not searched yet; what a search finds can lead elsewhere.`] : []),
  ];
}

/** The same of what is sorted already. */
export function sortedSummary({ elsewhere, staying, unknown, complete }: SortedPreview): readonly string[] {
  const synced = elsewhere.filter((image) => image.synced).length;
  const all = elsewhere.length + staying + unknown;
  if (all === 0) return ['Nothing is sorted yet.'];
  const stays = [
    ...some(staying, 'would stay'),
    ...some(unknown, 'unknown to the manifests that are there, or out of reach'),
  ];
  return [
    `${complete ? '' : 'Stopped. '}${all} sorted ${all === 1 ? 'image' : 'images'}: ${elsewhere.length} would go elsewhere today${stays.map((part) => `, ${part}`).join('')}. A run never moves them; you can.`, // prettier-ignore
    ...(synced > 0 ? [`${synced} of those are on the NAS. ${LIBRARY_WARNING}`] : []),
  ];
}

/** What moving a synced image means. */
export const LIBRARY_WARNING =
  'A photo library that has them (Immich) takes moved files for new ones, and their places in its albums are lost.';

const some = (n: number, what: string): readonly string[] => (n > 0 ? [`${n} ${what}`] : []);
