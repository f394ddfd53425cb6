import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleInbox } from '../services/samplePosts.ts';
import { contents, filesBelow, sha256, Workspace } from './commandLine.ts';

const isReport = (file: string): boolean => /^(manifest|errors)_/.test(file);

describe('an inbox that changes while a run goes on', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({
      samples: false,
      settings: { 'imageInbox.stages.analyze': false, 'imageInbox.search.providers': ['danbooru-md5'] },
    });
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const path = (name: string): string => join(workspace.inbox, name);
  const sample = (name: string): string => join(sampleInbox, 'camera', name);
  /** A file that was there for long. */
  const put = (name: string, from: string): void => {
    copyFileSync(sample(from), path(name));
    utimesSync(path(name), 1_700_000_000, 1_700_000_000);
  };
  const sorted = (): string[] => filesBelow(workspace.sorted).filter((file) => !isReport(file));

  /** Starts a run and does something while it waits for a service. */
  async function meanwhile(work: () => void): Promise<{ code: number | null; stderr: string; stdout: string }> {
    const { danbooru } = workspace.services;
    danbooru.setFaults([{ fault: { kind: 'latency', ms: 6000 }, times: 1 }]);
    const { ended } = workspace.start(['process', '--approve', 'all']);
    while (danbooru.requests.length === 0) await new Promise((done) => setTimeout(done, 20));
    work();
    return ended;
  }

  it('what vanishes and what changes is told, nothing is written about it, and the next run takes it as it is', async () => {
    put('a vanishes.jpeg', 'coffee break.jpeg');
    put('b changes.jpg', 'IMG_2041.jpg');
    put('c stays.jpg', 'astronaut.jpg');
    const stays = sha256(path('c stays.jpg'));
    const { code, stderr } = await meanwhile(() => {
      rmSync(path('a vanishes.jpeg'));
      copyFileSync(sample('rocket at dawn.webp'), path('b changes.jpg'));
      copyFileSync(sample('coffee break.jpeg'), path('d appears.jpeg'));
    });
    assert.equal(code, 1, stderr);
    assert.deepEqual([...contents(workspace.sorted).keys()], [stays]);
    // a sidecar would tell of the picture that was there before, and keep the new one from being taken
    assert.deepEqual(filesBelow(workspace.inbox), ['b changes.jpg', 'd appears.jpeg']);
    assert.equal(sha256(path('b changes.jpg')), sha256(sample('rocket at dawn.webp')));
    const report = workspace.errorReport() ?? '';
    assert.match(report, /a vanishes\.jpeg/);
    assert.match(report, /b changes\.jpg/);

    const next = await workspace.run(['process', '--approve', 'all']);
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(filesBelow(workspace.inbox), []);
    const all = ['astronaut.jpg', 'rocket at dawn.webp', 'coffee break.jpeg'].map((name) => sha256(sample(name)));
    assert.deepEqual([...contents(workspace.sorted).keys()].sort(), all.sort());
  });

  it('unfinished downloads are left alone until they are whole', async () => {
    const whole = readFileSync(sample('astronaut.jpg'));
    writeFileSync(path('chrome.jpg.crdownload'), whole.subarray(0, 20_000));
    // Firefox takes the name with an empty file
    writeFileSync(path('firefox.jpg'), '');
    writeFileSync(path('firefox.jpg.part'), whole.subarray(0, 10_000));
    writeFileSync(path('copied.jpg'), whole.subarray(0, 5000));
    const { ended } = workspace.start(['process', '--approve', 'all']);
    const growing = setInterval(() => appendFileSync(path('copied.jpg'), whole.subarray(0, 100)), 50);
    const { code, stderr } = await ended;
    clearInterval(growing);
    assert.equal(code, 0, stderr);
    assert.deepEqual(sorted(), []);
    assert.deepEqual(filesBelow(workspace.inbox), [
      'chrome.jpg.crdownload',
      'copied.jpg',
      'firefox.jpg',
      'firefox.jpg.part',
    ]);
    const [told] = workspace.manifest().images;
    assert.equal(workspace.manifest().images.length, 1);
    assert.match(told?.stages['scan']?.why ?? '', /still being written/);

    renameSync(path('chrome.jpg.crdownload'), path('chrome.jpg'));
    copyFileSync(sample('astronaut.jpg'), path('chrome.jpg'));
    renameSync(path('firefox.jpg.part'), path('firefox.jpg'));
    copyFileSync(sample('coffee break.jpeg'), path('firefox.jpg'));
    copyFileSync(sample('IMG_2041.jpg'), path('copied.jpg'));
    const next = await workspace.run(['process', '--approve', 'all']);
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(filesBelow(workspace.inbox), []);
    assert.equal(sorted().filter((file) => !file.endsWith('.xmp')).length, 3);
  });
});
