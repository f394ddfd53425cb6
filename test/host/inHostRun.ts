/** A run of tests inside an extension host, whichever VS Code it belongs to. */
export interface InHostRun {
  readonly name: string;
  /** The unpacked extension under test. */
  readonly extension: string;
  /** The module with `run(): Promise<void>` that VS Code loads into the extension host. */
  readonly entry: string;
  readonly eventsFile: string;
  readonly idleSeconds: number;
  readonly say: (line: string) => void;
}
