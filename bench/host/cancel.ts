import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { layWaiting } from '../../test/host/reviewLibrary.ts';
import { Workbench } from '../../test/host/workbench.ts';
import { spread } from './spread.ts';
import { waitingImages } from './waitingImages.ts';

const TIMES = 5;

/** @returns how long a run goes on after Cancel was pressed in its progress */
export async function benchCancel(stock: string): Promise<readonly (readonly [string, string])[]> {
  const workbench = await Workbench.open({
    name: 'bench-cancel',
    settings: { 'imageInbox.stages.search': false },
    prepare: async (folder) => {
      await layWaiting(folder, waitingImages(2000), stock);
      // the pictures alone: nobody has looked at them yet
      rmSync(join(folder, '.image-inbox'), { recursive: true });
    },
  });
  try {
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      await workbench.runCommand(i === 0 ? 'Image Inbox: Process Inbox' : 'Image Inbox: Resume');
      const progress = workbench.toast(/Image Inbox: .* of \d+/).first();
      await progress.waitFor();
      await workbench.page.waitForTimeout(2000);
      const cancel = progress.getByRole('button', { name: 'Cancel' });
      await workbench.page.evaluate(
        `addEventListener('mousedown', () => { globalThis.cancelledAt = Date.now(); }, { capture: true, once: true })`,
      );
      await cancel.click();
      const stopped = workbench.toast(/Image Inbox was stopped/);
      await stopped.waitFor();
      times.push(Date.now() - Number(await workbench.page.evaluate('globalThis.cancelledAt')));
      await workbench.runCommand('Notifications: Clear All Notifications');
      await stopped.waitFor({ state: 'hidden' });
    }
    return [
      [
        `Cancel to “Image Inbox was stopped”, while images are analyzed and written, median / worst of ${TIMES}`,
        spread(times.sort((a, b) => a - b)),
      ],
    ];
  } finally {
    await workbench.close();
  }
}
