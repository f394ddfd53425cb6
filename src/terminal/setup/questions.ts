import { createInterface, type Interface } from 'node:readline';

/** The input ended, or Ctrl-C was pressed: nobody will answer. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
  constructor() {
    super('Broken off; nothing was changed. Where nobody can answer: image-inbox setup --yes, with options.');
  }
}

/** Asks a person in the terminal, a line at a time. */
export interface Questions {
  /** @returns the answer without spaces around it. @throws BrokenOff */
  ask(question: string): Promise<string>;
  say(line: string): void;
  close(): void;
}

/** Questions and answers over plain lines: works in any terminal, over SSH, and with answers from a pipe. */
export class LineQuestions implements Questions {
  private readonly lines: Interface;
  private readonly out: NodeJS.WriteStream;
  /** lines that came before they were asked for */
  private readonly ahead: string[] = [];
  private waiting: { resolve: (line: string) => void; reject: (why: BrokenOff) => void } | undefined;
  private isOver = false;

  constructor(input: NodeJS.ReadStream, out: NodeJS.WriteStream) {
    this.out = out;
    this.lines = createInterface({ input, output: out, terminal: input.isTTY && out.isTTY });
    this.lines.on('line', (line) => {
      if (this.waiting) this.waiting.resolve(line);
      else this.ahead.push(line);
      this.waiting = undefined;
    });
    this.lines.on('SIGINT', () => this.lines.close());
    this.lines.on('close', () => {
      this.isOver = true;
      this.waiting?.reject(new BrokenOff());
      this.waiting = undefined;
    });
  }

  async ask(question: string): Promise<string> {
    const early = this.ahead.shift();
    if (early !== undefined) {
      this.out.write(`${question}${early}\n`);
      return early.trim();
    }
    if (this.isOver) throw new BrokenOff();
    const answer = new Promise<string>((resolve, reject) => (this.waiting = { resolve, reject }));
    this.lines.setPrompt(question);
    this.lines.prompt();
    return (await answer).trim();
  }

  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  close(): void {
    this.lines.close();
  }
}

/** Takes what is suggested for every answer: there is no person. */
export class NoQuestions implements Questions {
  private readonly out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream) {
    this.out = out;
  }

  ask(): Promise<string> {
    return Promise.resolve('');
  }

  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  close(): void {
    // nothing was opened
  }
}
