import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { FolderFacts, FolderProbe } from '../../core/ports/folderProbe.ts';
import type { FolderAnswer, FolderQuestion } from './folderQuestions.ts';
import { patiently } from './patiently.ts';

export interface ForkedFolderProbeOptions {
  /** absolute path of the built folderProbeProcess */
  readonly program: string;
  /** how long a folder may take to answer; default 10 */
  readonly seconds?: number;
}

/** Every look in a process of its own, which is killed when it takes too long (see folderProbeProcess.ts). */
export class ForkedFolderProbe implements FolderProbe {
  private readonly program: string;
  private readonly seconds: number;

  constructor({ program, seconds = 10 }: ForkedFolderProbeOptions) {
    this.program = program;
    this.seconds = seconds;
  }

  async look(path: string, signal: AbortSignal): Promise<FolderFacts> {
    const answer = await this.ask({ kind: 'look', path }, signal);
    return answer?.kind === 'facts' ? answer.facts : { kind: 'no-answer', seconds: this.seconds };
  }

  async sizeOf(path: string, exclude: readonly string[], signal: AbortSignal): Promise<number | undefined> {
    const answer = await this.ask({ kind: 'size', path, exclude }, signal);
    return answer?.kind === 'bytes' ? answer.bytes : undefined;
  }

  /** undefined when no answer came in time */
  private async ask(question: FolderQuestion, signal: AbortSignal): Promise<FolderAnswer | undefined> {
    const child = await patiently(async () => {
      signal.throwIfAborted();
      const forked = fork(this.program, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      // one for whose channel no descriptor is left has none, and fails a moment later
      await once(forked, 'spawn');
      return forked;
    });
    const said = Promise.withResolvers<FolderAnswer | undefined>();
    const giveUp = (): void => said.resolve(undefined);
    const stop = (): void => said.reject(signal.reason as Error);
    const timer = setTimeout(giveUp, this.seconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.once('message', (answer: FolderAnswer) => said.resolve(answer));
    child.on('error', (error) => said.reject(error));
    child.once('exit', (code) =>
      said.reject(new Error(`The look at a folder ended with exit code ${code ?? 'none'}.`)),
    );
    child.send(question);
    try {
      return await said.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
      // one that hangs in the system does not die of that; it must not keep this process either
      if (child.connected) child.disconnect();
      child.unref();
    }
  }
}
