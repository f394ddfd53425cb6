import type sharp from 'sharp';
import { DecoderLacks } from '../../core/model/failure.ts';

export type SharpModule = typeof sharp;

/**
 * The native decoder, loaded at the first call.
 * @throws DecoderLacks it can't be loaded on this machine
 */
export async function loadSharp(): Promise<SharpModule> {
  let loaded: SharpModule;
  try {
    loaded = (await import('sharp')).default;
  } catch (cause) {
    // the text goes on for many lines with advice for developers
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new DecoderLacks(`Pictures can't be decoded on this machine: ${why}`, { cause });
  }
  // both are for a server that makes the same pictures again and again; here every picture comes once, and the queue of
  // pictures, not one of them, is what is spread over the cores
  loaded.cache(false);
  loaded.concurrency(1);
  return loaded;
}
