import type { ToHost } from '../src/protocol/review.ts';
import { AS_FOUND, SHOWN, SORT_KEYS, type Arrangement } from './arrange.ts';

/** How this panel looks at the review: kept by VS Code while it is hidden, over a reload and a restart. */
export interface ViewState {
  readonly arrangement: Arrangement;
  /** the image with the focus */
  readonly focus?: string;
}

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: ViewState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function send(message: ToHost): void {
  api.postMessage(message);
}

export function keep(state: ViewState): void {
  api.setState(state);
}

/** What was kept; another version may have written it, so every part is looked at. */
export function kept(): ViewState {
  const { arrangement, focus } = (api.getState() ?? {}) as { arrangement?: Partial<Arrangement>; focus?: unknown };
  const { shown, sort, category, text, descending } = arrangement ?? {};
  return {
    arrangement: {
      shown: SHOWN.find((one) => one === shown) ?? AS_FOUND.shown,
      sort: SORT_KEYS.find((one) => one === sort) ?? AS_FOUND.sort,
      category: typeof category === 'string' ? category : '',
      text: typeof text === 'string' ? text : '',
      descending: descending === true,
    },
    ...(typeof focus === 'string' && { focus }),
  };
}
