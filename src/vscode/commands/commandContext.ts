import type { ReviewPanel } from '../review/reviewPanel.ts';
import type { SetupReport } from '../setupReport.ts';
import type { RunController } from '../runController.ts';
import type { InboxTree } from '../tree/inboxTree.ts';
import type { VscodeHost } from '../vscodeHost.ts';

/** What commands work with. */
export interface CommandContext {
  readonly host: VscodeHost;
  readonly runs: RunController;
  readonly tree: InboxTree;
  readonly review: ReviewPanel;
  readonly setup: SetupReport;
}

/** `args` are what VS Code hands in: a URI from the Explorer, a node from the tree, nothing from the palette. */
export type Command = (context: CommandContext, ...args: readonly unknown[]) => Promise<void> | void;
