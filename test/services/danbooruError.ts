import type { Answer } from './service.ts';

/** Danbooru's Ruby classes of errors with their status, and a line of a backtrace, which the real ones have too. */
const errors = {
  'ActionController::BadRequest': [400, 'app/controllers/application_controller.rb:1'],
  'SessionLoader::AuthenticationFailure': [401, 'app/logical/session_loader.rb:1'],
  'ActionController::InvalidAuthenticityToken': [403, 'app/controllers/application_controller.rb:1'],
  'User::PrivilegeError': [403, 'app/controllers/application_controller.rb:1'],
  'ActiveRecord::RecordNotFound': [404, 'app/controllers/posts_controller.rb:1'],
  'PaginationExtension::PaginationError': [410, 'app/logical/pagination_extension.rb:1'],
  'PostQuery::TagLimitError': [422, 'app/logical/post_query.rb:1'],
  'RateLimiter::RateLimitError': [429, 'app/logical/rate_limiter.rb:1'],
  'ActiveRecord::QueryCanceled': [500, 'app/logical/post_sets/post.rb:1'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** What the application answers instead of a result. */
export function danbooruError(
  error: keyof typeof errors,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const [status, line] = errors[error];
  const body = JSON.stringify({ success: false, error, message, backtrace: [`${line}:in 'call'`] });
  return { status, kind: error, type: 'application/json; charset=utf-8', headers, body };
}
