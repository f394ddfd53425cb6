/**
 * JSON as PHP's json_encode writes it with JSON_HEX_AMP: `\/` for a slash, `\uXXXX` for whatever is not ASCII, and
 * for the ampersand. SauceNAO and safebooru.org are PHP.
 */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[&\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
