import { Parser } from 'htmlparser2';

/** Characters that are looked at. Messages have some hundred; the parser takes seconds for a megabyte of nested tags. */
const LONGEST = 10_000;

const UNSEEN: ReadonlySet<string> = new Set(['script', 'style', 'title']);

/** The text that a message or title in HTML shows, on one line: no markup, entities decoded, a blank for each line break. */
export function plainText(html: string): string {
  const seen: string[] = [];
  let unseen = 0;
  const parser = new Parser({
    onopentagname: (name) => {
      if (UNSEEN.has(name)) unseen++;
      if (name === 'br' || name === 'p') seen.push(' ');
    },
    onclosetag: (name) => {
      if (UNSEEN.has(name)) unseen--;
    },
    ontext: (text) => {
      if (unseen === 0) seen.push(text);
    },
  });
  parser.end(html.slice(0, LONGEST));
  return seen.join('').replace(/\s+/g, ' ').trim();
}
