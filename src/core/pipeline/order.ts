import { hasPassed, type ImageState } from '../model/imageState.ts';
import type { StageId } from '../model/stageId.ts';
import type { AnyStage } from './stage.ts';

/** The stages such that each comes after those that it needs. @throws Error on a cycle or an unknown need */
export function inDependencyOrder(stages: readonly AnyStage[]): readonly AnyStage[] {
  const order: AnyStage[] = [];
  const visiting = new Set<StageId>();
  const visit = (id: StageId): void => {
    if (order.some((s) => s.id === id)) return;
    const stage = stages.find((s) => s.id === id);
    if (!stage) throw new Error(`stage ${id} is needed, but is not there`);
    if (visiting.has(id)) throw new Error(`stage ${id} needs itself`);
    visiting.add(id);
    stage.needs.forEach(visit);
    order.push(stage);
  };
  stages.forEach((s) => visit(s.id));
  return order;
}

/**
 * Those whose search is over need nothing but their own files. Those that were put off are as many as the inbox is large, and come
 * to their end only when all have been through.
 */
export function furthestFirst(open: readonly ImageState[]): readonly ImageState[] {
  const isSearched = ({ stages: { search }, intent }: ImageState): boolean =>
    intent !== undefined || (search !== undefined && hasPassed(search));
  return [...open.filter(isSearched), ...open.filter((state) => !isSearched(state))];
}
