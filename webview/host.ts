import type { ToHost } from '../src/protocol/review.ts';

interface VsCodeApi {
  postMessage(message: ToHost): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function send(message: ToHost): void {
  api.postMessage(message);
}
