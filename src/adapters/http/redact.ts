// Keys and logins travel in these parameters; SauceNAO's thumbnails are signed with `auth` and `exp`.
const SECRET_PARAMETERS = /\b(api_key|login|auth|exp|password_hash)=[^&\s"'<>]+/gi;
const BASIC_LOGIN = /\b(authorization\W{1,4}basic)\s+[^\s"',]+/gi;

/**
 * The one place where secrets leave a text before it is logged or shown: the values given, as they are and as they stand in
 * an address or in JSON, and whatever parameter or header is known to carry one.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const spellings = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
    // the longest first: a secret that is part of another one must not leave the rest of it behind
    .sort((a, b) => b.length - a.length);
  return spellings
    .reduce((rest, spelling) => rest.replaceAll(spelling, '***'), text)
    .replace(SECRET_PARAMETERS, '$1=***')
    .replace(BASIC_LOGIN, '$1 ***');
}
