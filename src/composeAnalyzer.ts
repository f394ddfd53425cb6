import { resolve } from 'node:path';
import { SharpLookMaker } from './adapters/image/sharpLookMaker.ts';
import { OneDecoding } from './adapters/onnx/oneDecoding.ts';
import { OnnxImageAnalyzer, type TaggerOptions } from './adapters/onnx/onnxImageAnalyzer.ts';
import type { Traffic } from './adapters/http/traffic.ts';
import type { Clock } from './core/ports/clock.ts';
import type { ImageAnalyzer } from './core/ports/imageAnalyzer.ts';
import type { Log } from './core/ports/log.ts';
import type { LookMaker } from './core/ports/lookMaker.ts';
import { SettingsError } from './core/settings/resolveSettings.ts';
import type { Settings } from './core/settings/settingsTable.ts';

export interface AnalyzerParts {
  readonly version: string;
  /** absolute path of the workspace folder */
  readonly workspace: string;
  readonly workerFile: string;
  readonly modelsDir: string;
  readonly offline: boolean;
  /** the analysis is a stage of this run */
  readonly analyzes: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

/** Who says what is on the pictures, and how they look. */
export interface PictureParts {
  readonly analyzer: ImageAnalyzer;
  readonly looks: LookMaker;
}

/** Wires the analysis: a part of compose.ts. Nothing is loaded before the first image. @throws SettingsError */
export function composeAnalyzer(settings: Settings, parts: AnalyzerParts): PictureParts {
  const { workerFile, modelsDir, log } = parts;
  // where the stage does not run it does not matter whether what is set to analyze could
  const tagger = parts.analyzes ? taggerOptions(settings, parts) : undefined;
  const looks = new SharpLookMaker();
  const analyzer = new OnnxImageAnalyzer({
    workerFile,
    modelsDir,
    personThreshold: settings['analysis.personThreshold'],
    device: settings['analysis.device'],
    log,
    ...(tagger && { tagger }),
  });
  // the search must not wait for a server that examines pictures
  if (!parts.analyzes || tagger?.server !== undefined) return { analyzer, looks };
  const both = new OneDecoding(analyzer, looks);
  return { analyzer: both, looks: both };
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
  return resolve(
    workspace,
    model.replaceAll('${workspaceFolder}', () => workspace),
  );
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
