/** Texts of the user's language by the English ones; what is missing stays English. */
let texts: Readonly<Record<string, string>> = {};

/** @param json from the page, where the host has put it */
export function takeTexts(json: string | undefined): void {
  texts = JSON.parse(json ?? '{}') as Readonly<Record<string, string>>;
}

/** The text in the user's language, with `{0}`, `{1}` ... filled in. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return (texts[text] ?? text).replace(/\{(\d)\}/g, (hole, n: string) => String(values[Number(n)] ?? hole));
}

const whole = new Intl.NumberFormat();

/** A number of things, with the language's own separators. */
export const count = (n: number): string => whole.format(n);

/** @param share 0 to 1 */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
