/** A library that the photo server reads from folders of its own. */
export interface ServerLibrary {
  readonly id: string;
  readonly name: string;
  /** folders as the server sees them, which is seldom as we do */
  readonly importPaths: readonly string[];
}

/** A picture that it knows. */
export interface ServerAsset {
  readonly id: string;
  /** of its file, as the server sees it */
  readonly path: string;
}

/**
 * A photo server whose library is the NAS folder. It is only told to look again: nothing is uploaded, changed or removed by it
 * on our behalf. Everything may be asked again. @throws PhotoServerError, and the signal's reason when it is told to stop
 */
export interface PhotoServer {
  /** for people */
  readonly name: string;
  libraries(signal: AbortSignal): Promise<readonly ServerLibrary[]>;
  /** Asks for a search for new, changed and missing files. Answers before it has begun. */
  scan(library: string, signal: AbortSignal): Promise<void>;
  /** The pictures of a library; with `containing` those whose paths have it in them, whatever its case. */
  assets(library: string, containing: string | undefined, signal: AbortSignal): AsyncIterable<ServerAsset>;
  /** The tags of a picture, levels joined with `/`. */
  tagsOf(asset: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Asks for the metadata of these to be read again, from the sidecars that it knows of. Answers before it has begun. */
  readAgain(assets: readonly string[], signal: AbortSignal): Promise<void>;
  /** Asks for sidecars of pictures that had none. Answers before it has begun. */
  discoverSidecars(signal: AbortSignal): Promise<void>;
  /** What the key would have to be allowed and is not; nothing where the server does not say. */
  missingPermissions(signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type PhotoServerReason =
  /** no answer, or one that says that it has trouble of its own */
  | 'unreachable'
  /** something else speaks at that address */
  | 'not-the-server'
  | 'no-key'
  | 'key-refused'
  /** the key is good, and not for this */
  | 'not-permitted'
  /** no library fits, or several do */
  | 'no-library'
  /** it refuses what was asked */
  | 'refused';

/** Why the photo server could not be asked. The message is for people, without the key. */
export class PhotoServerError extends Error {
  override readonly name = 'PhotoServerError';
  readonly reason: PhotoServerReason;
  constructor(reason: PhotoServerReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
