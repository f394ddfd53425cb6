/** A key as `readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  /** the characters, where it is some */
  readonly text?: string | undefined;
}

/** A line that is being typed, with completion from a list. */
export class Prompt {
  readonly label: string;
  text: string;
  private readonly candidates: readonly string[];
  /** what Tab goes through, and where it is */
  private cycle: { readonly found: readonly string[]; at: number } | undefined;

  /** @param candidates what can be completed, the likeliest first */
  constructor(label: string, candidates: readonly string[], text = '') {
    this.label = label;
    this.candidates = candidates;
    this.text = text;
  }

  /** What fits to what is typed: by its beginning first, then anywhere in it. */
  matches(limit: number): readonly string[] {
    if (this.cycle) return this.cycle.found.slice(0, limit);
    const typed = this.text.trim().toLowerCase();
    if (typed === '') return [];
    const begins: string[] = [];
    const holds: string[] = [];
    for (const candidate of this.candidates) {
      const at = candidate.toLowerCase().indexOf(typed);
      if (at === 0) begins.push(candidate);
      else if (at > 0) holds.push(candidate);
      if (begins.length >= limit) break;
    }
    return [...begins, ...holds].slice(0, limit);
  }

  /** @returns what the key ends it with, undefined while it goes on */
  press(key: Key): 'enter' | 'cancel' | undefined {
    const { name, ctrl, text } = key;
    if (name === 'return' || name === 'enter') return 'enter';
    if (name === 'escape') return 'cancel';
    if (name === 'tab') {
      this.complete();
      return undefined;
    }
    this.cycle = undefined;
    if (name === 'backspace') this.text = withoutLast(this.text);
    else if (ctrl && name === 'u') this.text = '';
    else if (ctrl && name === 'w') this.text = this.text.replace(/\S+\s*$/, '');
    // eslint-disable-next-line no-control-regex -- keys that are no text
    else if (text !== undefined && !ctrl && !key.meta && !/[\u0000-\u001f\u007f]/.test(text)) this.text += text;
    return undefined;
  }

  private complete(): void {
    if (this.cycle) this.cycle.at = (this.cycle.at + 1) % this.cycle.found.length;
    else {
      const found = this.matches(50);
      if (found.length === 0) return;
      this.cycle = { found, at: 0 };
    }
    this.text = this.cycle.found[this.cycle.at] ?? this.text;
  }
}

const segmenter = new Intl.Segmenter();

/** Without the last character as people count them. */
const withoutLast = (text: string): string => text.slice(0, [...segmenter.segment(text)].at(-1)?.index ?? 0);
