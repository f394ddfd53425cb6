import { DecoderLacks } from '../../core/model/failure.ts';
import type { SearchAnswer } from '../../core/ports/reverseImageSearch.ts';

/**
 * A search answers `unavailable` for a picture that no copy can be made of on this machine. An ImageError of the picture
 * itself (it ends early, it is gone) passes through: no service is at fault for it.
 */
export async function answeringDecoderLacks(search: () => Promise<SearchAnswer>): Promise<SearchAnswer> {
  try {
    return await search();
  } catch (error) {
    if (error instanceof DecoderLacks) return { kind: 'unavailable', about: 'picture', why: error.message };
    throw error;
  }
}
