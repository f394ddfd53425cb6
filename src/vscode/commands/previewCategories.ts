import * as vscode from 'vscode';
import { Progress } from '../../core/pipeline/progress.ts';
import { previewMarkdown } from '../previewMarkdown.ts';
import { withProgress } from '../withProgress.ts';
import type { Command } from './commandContext.ts';
import { calledOn } from './targetPath.ts';

/**
 * Opens a document that says what would go where, of the inbox or of the folder that it was called on, and of what is sorted.
 * When it is stopped, of the images that it had come to.
 */
export const previewCategories: Command = async ({ host, preview }, target) => {
  const core = await host.composeForReading();
  const inbox = calledOn(target);
  const { t } = vscode.l10n;
  const seen = await withProgress(t('Image Inbox: looking what would go where'), async (signal, tell) => {
    // first, since it is quick
    const sorted = await core.previewSorted(signal);
    const progress = new Progress(host.clock);
    const request = { command: 'process', ...(inbox !== undefined && { inbox }) } as const;
    const observer = {
      on: (event: Parameters<Progress['on']>[0]): void => {
        progress.on(event);
        const { done, total } = progress.overall();
        if (event.kind === 'image-settled') tell(t('{0} of {1}', done, total));
        if (event.kind === 'warning') host.log.warn(event.text);
      },
    };
    return { sorted, report: await core.dryRun.run(request, observer, signal) };
  });
  if (seen) await preview.show(previewMarkdown(seen.report, seen.sorted, new Date(host.clock.now())));
};
