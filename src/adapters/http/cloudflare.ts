/** Cloudflare's check of the browser, or its refusal, in place of the service's answer. */
export function isCloudflarePage(status: number, text: string): boolean {
  // its pages about a server that is down (520 to 526) share the markup, but are worth another try
  if (status !== 403 && status !== 429 && status !== 503) return false;
  return /<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|Please Wait\.\.\. \| Cloudflare)|cf-challenge|challenge-error-text|\/cdn-cgi\/challenge-platform\//i.test(
    text,
  );
}
