import type { LearnedView } from '../learned/learnedView.ts';
import type { ReviewPanels } from '../review/reviewPanels.ts';
import type { RunController } from '../runController.ts';
import type { InboxTree } from '../tree/inboxTree.ts';
import type { VirtualMarkdown } from '../virtualMarkdown.ts';
import type { VscodeHost } from '../vscodeHost.ts';

/** What commands work with. */
export interface CommandContext {
  readonly host: VscodeHost;
  readonly runs: RunController;
  readonly tree: InboxTree;
  readonly review: ReviewPanels;
  readonly learned: LearnedView;
  /** the last checkup */
  readonly setup: VirtualMarkdown;
  /** what would go where */
  readonly preview: VirtualMarkdown;
}

/** `args` are what VS Code hands in: a URI from the Explorer, a node from the tree, nothing from the palette. */
export type Command = (context: CommandContext, ...args: readonly unknown[]) => Promise<void> | void;
