import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleDanbooruAccount } from '../../services/danbooru.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { sampleSaucenaoKey } from '../../services/saucenao.ts';
import { settingsFor } from '../../services/settingsFor.ts';
import { startServices, type Services } from '../../services/start.ts';
import { until } from '../until.ts';
import { Workbench } from '../workbench.ts';

describe('The setup, as a person looks after it', () => {
  let services: Services;
  let workbench: Workbench;

  before(async () => {
    services = await startServices(await loadSamplePosts());
    workbench = await Workbench.open({
      name: 'ui-setup',
      prepare: (folder) => {
        mkdirSync(join(folder, '.vscode'));
        writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settingsFor(services)));
      },
    });
  });

  after(async () => {
    await workbench.close();
    await services.close();
  });

  const enterKeys = async (saucenao: string, login: string, apiKey: string): Promise<void> => {
    await workbench.runCommand('Image Inbox: Set API Keys');
    await workbench.answer('SauceNAO: API key', saucenao);
    await workbench.answer('Danbooru: login name', login);
    await workbench.answer('Danbooru: API key', apiKey);
  };

  it('hears of keys that are refused as soon as they are entered', async () => {
    // the first one goes away by itself some seconds after it has come
    await Promise.all([
      workbench.toast(/SauceNAO refuses the API key.*kept all the same/).waitFor(),
      workbench.toast(/Danbooru refuses the login or the API key.*kept all the same/).waitFor(),
      enterKeys('mistyped0000', 'nobody', 'wrong0000'),
    ]);
    await workbench.screenshot('refused keys');
  });

  it('sees in the checkup what is a problem, and what to do', async () => {
    await workbench.runCommand('Image Inbox: Check Setup');
    await workbench.editorTab(/Image Inbox Setup/).waitFor();
    const text = await until('the report is shown', async () => {
      for (const frame of workbench.page.frames()) {
        const body = await frame
          .locator('body')
          .innerText({ timeout: 500 })
          .catch(() => '');
        if (body.includes('All that was checked')) return body;
      }
      return undefined;
    });
    for (const part of [
      /\d problems/,
      /Inbox: .*Inbox is not there/,
      /SauceNAO refuses the API key/,
      /ExifTool: \d+/,
    ]) {
      assert.match(text, part);
    }
    await workbench.screenshotInEveryTheme('setup');
  });

  it('hears that good keys are taken, at the price of no search', async () => {
    const { login, apiKey } = sampleDanbooruAccount;
    await Promise.all([
      workbench.toast(/SauceNAO does not refuse the key/).waitFor(),
      workbench.toast(/Danbooru takes login and API key/).waitFor(),
      enterKeys(sampleSaucenaoKey, login, apiKey),
    ]);
    assert.deepEqual([...services.saucenao.counts.keys()].sort(), ['need-an-image', 'unknown-key']);
  });
});
