/**
 * Why a model cannot be built.
 * - `source`: the npm package is missing, has another version, or lacks a file
 * - `malformed`: the package's files contradict themselves
 * - `unsupported`: an op or a setting that the converter does not know; the message names the node
 * - `checksum`: the built bytes are not those of media/models/checksums.json
 */
export type ModelBuildReason = 'source' | 'malformed' | 'unsupported' | 'checksum';

export class ModelBuildError extends Error {
  override readonly name = 'ModelBuildError';
  readonly reason: ModelBuildReason;
  constructor(reason: ModelBuildReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
