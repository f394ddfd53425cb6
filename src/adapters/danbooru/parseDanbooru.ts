import * as v from 'valibot';
import type { FailureReason } from '../../core/model/failure.ts';
import { isCloudflarePage } from '../http/cloudflare.ts';
import { parseJson } from '../http/parseJson.ts';
import { plainText } from '../http/plainText.ts';

/** What Danbooru says, whatever was asked. */
export type DanbooruReply =
  | { readonly kind: 'value'; readonly value: unknown }
  /** there is no such post */
  | { readonly kind: 'missing' }
  | { readonly kind: 'error'; readonly reason: FailureReason; readonly message: string };

const ErrorBody = v.object({ success: v.literal(false), message: v.optional(v.string()) });

/**
 * Reads a body by its status. Errors are JSON (`{"success":false,"error":…,"message":…}`, app/controllers/
 * application_controller.rb), but any of them can be a web page of what stands before the application.
 */
export function parseDanbooru(status: number, text: string): DanbooruReply {
  const value = parseJson(text);
  const failure = v.safeParse(ErrorBody, value);
  const stated = failure.success ? plainText(failure.output.message ?? '').slice(0, 200) : '';
  const error = (reason: FailureReason, message: string): DanbooruReply => ({
    kind: 'error',
    reason,
    message: stated === '' ? message : `${message}: ${stated}`,
  });
  if (isCloudflarePage(status, text)) return error('blocked', 'Danbooru lets no program through (Cloudflare)');
  if (status === 401) return error('key-refused', 'Danbooru refuses the login or the API key');
  if (status === 403) {
    return failure.success
      ? error('key-refused', 'Danbooru denies access; the API key may be limited to other addresses or uses')
      : error('blocked', 'Danbooru turns the request away before it looks at it');
  }
  if (status === 404) return { kind: 'missing' };
  if (status === 429) return error('rate-limited', 'Danbooru is asked too often');
  if (status < 200 || status >= 300) return error('service-error', `Danbooru answers with status ${status}`);
  if (failure.success) return error('service-error', 'Danbooru reports a failure');
  if (value === undefined) return error('bad-answer', 'Danbooru answers with something that is no JSON');
  return { kind: 'value', value };
}
