import { DecoderLacks, ImageError } from '../../core/model/failure.ts';
import type { SearchAnswer } from '../../core/ports/reverseImageSearch.ts';

/** A search answers with a value also where the picture can't be made ready for upload. */
export async function answeringImageErrors(search: () => Promise<SearchAnswer>): Promise<SearchAnswer> {
  try {
    return await search();
  } catch (error) {
    if (error instanceof ImageError) return { kind: 'error', reason: error.reason, message: error.message };
    if (error instanceof DecoderLacks) return { kind: 'unavailable', why: error.message };
    throw error;
  }
}
