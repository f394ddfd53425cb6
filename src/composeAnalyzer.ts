import { resolve } from 'node:path';
import { OnnxImageAnalyzer, type TaggerOptions } from './adapters/onnx/onnxImageAnalyzer.ts';
import type { Traffic } from './adapters/http/traffic.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Log } from './core/ports/log.ts';
import { SettingsError } from './core/settings/resolveSettings.ts';
import type { Settings } from './core/settings/settingsTable.ts';

export interface AnalyzerParts {
  readonly version: string;
  /** absolute path of the workspace folder */
  readonly workspace: string;
  readonly workerFile: string;
  readonly modelsDir: string;
  readonly offline: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

/** Wires the analysis: a part of compose.ts. Nothing is loaded before the first image. @throws SettingsError */
export function composeAnalyzer(settings: Settings, parts: AnalyzerParts): OnnxImageAnalyzer {
  const { workerFile, modelsDir, log } = parts;
  const tagger = taggerOptions(settings, parts);
  return new OnnxImageAnalyzer({
    workerFile,
    modelsDir,
    personThreshold: settings['analysis.personThreshold'],
    device: settings['analysis.device'],
    log,
    ...(tagger && { tagger }),
  });
}

/** undefined: the bundled models alone */
function taggerOptions(settings: Settings, parts: AnalyzerParts): TaggerOptions | undefined {
  const folder = taggerFolder(settings['analysis.model'], parts.workspace);
  const server = inferenceServer(settings, parts);
  if (folder === undefined && server === undefined) return undefined;
  return {
    thresholds: {
      general: settings['analysis.generalThreshold'],
      character: settings['analysis.characterThreshold'],
    },
    ...(folder !== undefined && { folder }),
    ...(server && { server }),
  };
}

/** Absolute path; undefined for `bundled`. */
export function taggerFolder(model: string, workspace: string): string | undefined {
  if (model === '' || model === 'bundled') return undefined;
  return resolve(workspace, model.replaceAll('${workspaceFolder}', workspace));
}

function inferenceServer(
  settings: Settings,
  { version, offline, clock, log, traffic }: AnalyzerParts,
): TaggerOptions['server'] {
  const endpoint = settings['analysis.server'];
  const model = settings['analysis.serverModel'];
  if (endpoint === '') return undefined;
  if (model === '') {
    throw new SettingsError(
      'imageInbox.analysis.serverModel is empty: name the model on the server that imageInbox.analysis.server names.',
    );
  }
  return offline ? 'offline' : { endpoint, model, version, clock, log, traffic };
}
