import { Workbench } from '../workbench.ts';

describe('Image Inbox in the workbench', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ name: 'ui-workbench' });
  });
  after(() => workbench.close());

  it('has a place in the activity bar, in every kind of theme', async () => {
    await workbench.openContainer('Image Inbox');
    await workbench.screenshotInEveryTheme('side bar');
  });
});
