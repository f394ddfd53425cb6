import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';

/**
 * libheif with libde265, as WebAssembly: sharp's libvips comes without a decoder for HEVC. A package of its own beside the
 * bundles, which anybody can replace (it is under the LGPL).
 */
const LIBRARY = 'libheif-js/wasm-bundle.js';

/**
 * Runs in a thread of its own: a picture of a telephone takes a second or two, in which the event loop would stand still. The
 * thread ends with its picture, for WebAssembly never gives memory back.
 */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { HeifDecoder } = require(workerData.library);
  const pictures = new HeifDecoder().decode(workerData.bytes);
  const picture = pictures.find((one) => one.is_primary()) ?? pictures[0];
  if (!picture) throw new Error('heif: there is no whole picture in it');
  const [width, height] = [picture.get_width(), picture.get_height()];
  if (width * height > workerData.most) parentPort.postMessage({ width, height });
  else
    picture.display({ width, height, data: new Uint8ClampedArray(4 * width * height) }, (shown) =>
      parentPort.postMessage({ width, height, pixels: shown && new Uint8Array(shown.data.buffer) }),
    );
`;

/** What the thread says. */
interface Said {
  readonly width: number;
  readonly height: number;
  /** absent when there are too many, null when they can't be decoded */
  readonly pixels?: Uint8Array | null;
}

/** A telephone's picture takes seconds, also on a busy machine; one that was made to take for ever ends here. Milliseconds. */
const LONGEST = 60_000;

/** A picture at a time: each may take some hundred megabytes. */
const limit = pLimit(1);

/** Where the decoder is; undefined when it is not installed. */
export function heicLibrary(): string | undefined {
  try {
    return createRequire(import.meta.filename).resolve(LIBRARY);
  } catch {
    return undefined;
  }
}

/** A picture whose pixels are decoded, RGB and alpha; without them when there are too many. */
export interface HeicPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels?: Uint8Array;
}

/**
 * The main picture of a HEIC file as it is to be seen: libheif turns it as the file says. Its colours are taken for sRGB.
 * @param library as `heicLibrary` says
 * @param most pixels that are decoded
 * @param longest milliseconds that it may take
 * @throws Error it can't be decoded
 */
export function decodeHeic(library: string, bytes: Uint8Array, most: number, longest = LONGEST): Promise<HeicPicture> {
  return limit(async () => {
    // libheif writes what it finds wrong to the terminal: kept from there, and not read
    const quiet = { stdout: true, stderr: true };
    const worker = new Worker(THREAD, { eval: true, workerData: { library, bytes, most }, ...quiet });
    try {
      const { width, height, pixels } = await firstWord(worker, longest);
      if (pixels === null) throw new Error('heif: its pixels do not add up');
      return { width, height, ...(pixels && { pixels }) };
    } finally {
      await worker.terminate();
    }
  });
}

async function firstWord(worker: Worker, longest: number): Promise<Said> {
  const said = Promise.withResolvers<Said>();
  worker.once('message', said.resolve);
  worker.once('error', said.reject);
  worker.once('exit', () => said.reject(new Error('heif: the decoder ended before its time')));
  const timer = setTimeout(() => said.reject(new Error('heif: it takes too long')), longest);
  try {
    return await said.promise;
  } finally {
    clearTimeout(timer);
  }
}
