import type { Answer } from './service.ts';

/** What Cloudflare puts before a site when it mistrusts a client. */
export const challenge: Answer = {
  status: 403,
  kind: 'cloudflare',
  type: 'text/html; charset=UTF-8',
  headers: { 'cf-mitigated': 'challenge', server: 'cloudflare' },
  body:
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>' +
    '<body><div class="main-wrapper" role="main"><noscript><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></noscript></div></body></html>',
};
