import assert from 'node:assert/strict';
import { foldersOf, isInside } from '../../../src/core/settings/folders.ts';
import {
  readSettings,
  resolveSettings,
  settingKey,
  SettingsError,
} from '../../../src/core/settings/resolveSettings.ts';
import { SETTINGS, type Setting } from '../../../src/core/settings/settingsTable.ts';

describe('settings', () => {
  it('are all at their defaults when nothing is given, and each default is allowed', () => {
    const settings = resolveSettings({});
    assert.equal(settings['workflow.batchSize'], 100);
    const defaults = Object.fromEntries(Object.entries(SETTINGS).map(([k, s]: [string, Setting]) => [k, s.default]));
    assert.deepEqual(resolveSettings(defaults), settings);
  });

  const wrong: [string, unknown, RegExp][] = [
    ['workflow.batchSize', 0, /imageInbox\.workflow\.batchSize is 0, but must be a whole number from 1 to 1000/],
    ['workflow.batchSize', 2.5, /whole number/],
    ['review.approve', 'everything', /one of none, high-confidence, all/],
    ['review.threshold', '0.5', /a number from 0 to 1/],
    ['review.threshold', 1.01, /a number from 0 to 1/],
    ['review.threshold', Number.NaN, /a number from 0 to 1/],
    ['review.approve', ['none'], /one of none, high-confidence, all/],
    ['review.approve', 'toString', /one of none, high-confidence, all/],
    ['stages.xmp', 'yes', /true or false/],
    ['directories.inbox', 7, /must be a text/],
    ['directories.inbox', null, /must be a text/],
    ['search.ignoredTags', 'tagme', /must be a list of texts/],
    ['search.ignoredTags', ['tagme', 7], /must be a list of texts/],
    ['search.ignoredTags', { every: true }, /must be a list of texts/],
    ['saucenao.endpoint', 'https://user@saucenao.com', /without login/],
    ['saucenao.endpoint', 'https://:pass@saucenao.com', /without login/],
    ['saucenao.endpoint', 'https://saucenao.com/?key=1', /without login or query/],
    ['saucenao.endpoint', 'https://saucenao.com/#key', /without login or query/],
    ['saucenao.endpoint', 'httpsx://saucenao.com', /base address/],
    ['saucenao.endpoint', 'xhttps://saucenao.com', /base address/],
    ['saucenao.endpoint', 'saucenao.com', /base address/],
    ['saucenao.endpoint', '', /base address/],
    ['search.providers', ['saucenao', 'google'], /a list of danbooru-md5/],
    ['saucenao.endpoint', 'https://user:pass@saucenao.com', /without login/],
    ['saucenao.endpoint', 'file:///etc', /base address/],
    [
      'categories',
      [{ category: 'A', when: { persons: 'many' } }],
      /^imageInbox\.categories: rule 1: "when\.persons" is "many", but must be a whole number from 0/,
    ],
    ['categories', [{ category: 'A', whne: {} }], /unknown key "whne"; known are category, when/],
  ];
  for (const [key, value, message] of wrong) {
    it(`refuse ${key} = ${JSON.stringify(value)}, saying what is allowed`, () => {
      assert.throws(
        () => resolveSettings({ [key]: value }),
        (error: unknown) => error instanceof SettingsError && message.test(error.message),
      );
    });
  }

  it('allow what is at the limits, addresses of either kind, and none', () => {
    const given = {
      'workflow.batchSize': 1000,
      'review.threshold': 1,
      'saucenao.endpoint': 'http://127.0.0.1:8080/sauce',
      'immich.address': '',
      'search.providers': [],
      'search.ignoredTags': ['*'],
    };
    assert.deepEqual({ ...resolveSettings({}), ...given }, resolveSettings(given));
  });

  it('are the default for each that is wrong where only looked at, and the others as they are given', () => {
    const { settings, problems } = readSettings({
      'workflow.batchSize': 0,
      'stages.xmp': false,
      'stages.sync': undefined,
    });
    assert.equal(problems.length, 1);
    assert.deepEqual(settings, { ...resolveSettings({}), 'stages.xmp': false });
  });

  it('name every wrong one at once', () => {
    assert.throws(
      () => resolveSettings({ 'stages.xmp': 1, 'iqdb.minSimilarity': 200 }),
      (error: unknown) => error instanceof SettingsError && error.message.split('\n').length === 2,
    );
  });

  it('are known with and without the prefix', () => {
    assert.equal(settingKey('imageInbox.sync.delete'), 'sync.delete');
    assert.equal(settingKey('sync.delete'), 'sync.delete');
    assert.throws(() => settingKey('imageInbox.nonsense'), /There is no setting "imageInbox.nonsense"/);
  });
});

describe('folders', () => {
  const settings = resolveSettings({});

  it('come from the settings, relative to the workspace', () => {
    assert.deepEqual(foldersOf(settings, '/w s'), {
      inbox: '/w s/Inbox',
      sorted: '/w s/Sorted',
      working: '/w s/.image-inbox',
    });
    assert.equal(foldersOf(resolveSettings({ 'directories.nas': '${workspaceFolder}/../nas' }), '/w/s').nas, '/w/nas');
  });

  it('refuse a folder to process that is sorted already, and a NAS inside the sorted folder', () => {
    assert.throws(() => foldersOf(settings, '/w', '/w/Sorted/Anime'), SettingsError);
    assert.throws(() => foldersOf(resolveSettings({ 'directories.nas': '/w/Sorted/nas' }), '/w'), SettingsError);
  });

  it('tell inside from beside', () => {
    assert.ok(isInside('/a/b', '/a'));
    assert.ok(isInside('/a', '/a'));
    assert.ok(!isInside('/ab', '/a'));
    assert.ok(isInside('/a/..b', '/a'));
  });
});
