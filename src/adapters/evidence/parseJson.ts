import { ImageError } from '../../core/model/failure.ts';

/**
 * JSON in which whole numbers beyond 2^53 come as the text that stands there: the ids of tweets are numbers in gallery-dl's
 * files, and would lose their last digits.
 * @throws ImageError `unreadable`, naming the file
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text, keepLongNumbers) as unknown;
  } catch (cause) {
    throw new ImageError('unreadable', `${file} is not read: it is no valid JSON.`, { cause });
  }
}

function keepLongNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isLong = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isLong ? context?.source : value;
}
