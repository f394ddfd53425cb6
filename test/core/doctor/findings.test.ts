import assert from 'node:assert/strict';
import { clockFinding } from '../../../src/core/doctor/checks/clockCheck.ts';
import { databaseFinding } from '../../../src/core/doctor/checks/databaseCheck.ts';
import { folderFinding, FoldersCheck } from '../../../src/core/doctor/checks/foldersCheck.ts';
import { runFindings } from '../../../src/core/doctor/checks/journalCheck.ts';
import { keyFinding, KeysCheck } from '../../../src/core/doctor/checks/keysCheck.ts';
import { lockFinding } from '../../../src/core/doctor/checks/lockCheck.ts';
import { nodeFinding } from '../../../src/core/doctor/checks/programCheck.ts';
import { serviceFinding } from '../../../src/core/doctor/checks/servicesCheck.ts';
import { SpaceCheck } from '../../../src/core/doctor/checks/spaceCheck.ts';
import { FolderSurvey } from '../../../src/core/doctor/folderSurvey.ts';
import { sizeText } from '../../../src/core/doctor/sizeText.ts';
import { unlessFolderHangs } from '../../../src/core/doctor/unlessFolderHangs.ts';
import type { FolderFacts, FolderProbe } from '../../../src/core/ports/folderProbe.ts';
import type { Folders } from '../../../src/core/settings/folders.ts';

const GB = 1e9;
const signal = new AbortController().signal;
const folder = (changes: object = {}): FolderFacts => ({
  kind: 'folder',
  identity: '',
  device: 'disk',
  isEmpty: false,
  freeBytes: 100 * GB,
  ...changes,
});
const FOLDERS: Folders = { inbox: '/w/Inbox', sorted: '/w/Sorted', working: '/w/.image-inbox', nas: '/mnt/nas' };

function survey(facts: Readonly<Record<string, FolderFacts>>, bytes = 0, folders = FOLDERS): FolderSurvey {
  const probe: FolderProbe = {
    look: async (path) => facts[path] ?? folder({ identity: path, ...(path === '/mnt/nas' && { device: 'nas' }) }),
    sizeOf: async () => bytes,
  };
  return new FolderSurvey(folders, probe);
}

describe('What the doctor makes of the clock', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');

  it('is content with a few minutes, and goes by the middle one of the services', () => {
    assert.equal(clockFinding(now, []).status, 'ok');
    assert.equal(clockFinding(now, [30_000, 86_400_000, -60_000]).status, 'ok');
  });

  it('warns of a wrong one, saying which way, and calls one that was never set a problem', () => {
    const behind = clockFinding(now, [3_600_000, 3_590_000, 3_600_000]);
    assert.equal(behind.status, 'warning');
    assert.match(behind.detail, /60 minutes behind/);
    assert.match(clockFinding(now, [-7_200_000]).detail, /120 minutes ahead of/);
    assert.equal(clockFinding(0, []).status, 'problem');
  });
});

describe('What the doctor makes of folders', () => {
  it('tells each trouble with what to do about it', () => {
    for (const facts of [
      folder({ unreadable: 'no permission (EACCES)' }),
      folder({ unwritable: 'the disk is full (ENOSPC)' }),
      { kind: 'missing', uncreatable: 'it is mounted read-only (EROFS)', device: '', freeBytes: 0 },
      { kind: 'not-a-folder' },
      { kind: 'out-of-reach', why: 'EIO' },
      { kind: 'no-answer', seconds: 10 },
    ] satisfies FolderFacts[]) {
      for (const role of ['inbox', 'sorted', 'working', 'nas'] as const) {
        const { status, detail, whatToDo } = folderFinding(role, '/夏/the folder', facts);
        assert.equal(status, 'problem');
        assert.match(detail, /^\/夏\/the folder /);
        assert.ok(whatToDo);
      }
    }
  });

  it('lets sorted and working folder be missing, not the inbox, and not the NAS', () => {
    const missing: FolderFacts = { kind: 'missing', device: 'disk', freeBytes: GB };
    assert.equal(folderFinding('sorted', '/s', missing).status, 'ok');
    assert.equal(folderFinding('working', '/s', missing).status, 'ok');
    assert.equal(folderFinding('inbox', '/s', missing).status, 'problem');
    assert.match(folderFinding('nas', '/s', missing).whatToDo ?? '', /mount it/);
  });

  it('suspects a mount point on which nothing is mounted', async () => {
    const empty = folder({ isEmpty: true });
    const found = await new FoldersCheck(survey({ '/mnt/nas': empty })).look(signal);
    const nas = found.find(({ title }) => title === 'NAS folder');
    assert.equal(nas?.status, 'warning');
    assert.match(nas.whatToDo ?? '', /not mounted/);
  });

  it('finds folders that are one and the same, and those that lie one in the other', async () => {
    const same = folder({ identity: '1:2' });
    const found = await new FoldersCheck(survey({ '/w/Inbox': same, '/mnt/nas': same })).look(signal);
    assert.match(
      found.find(({ status }) => status === 'problem')?.detail ?? '',
      /Inbox and \/mnt\/nas are the same folder/,
    );

    for (const [folders, status] of [
      [{ ...FOLDERS, nas: '/w/Sorted/nas' }, 'problem'],
      [{ ...FOLDERS, nas: '/w/Inbox/nas' }, 'problem'],
      [{ ...FOLDERS, inbox: '/w/Sorted/new' }, 'problem'],
      [{ ...FOLDERS, working: '/w/Sorted/work' }, 'warning'],
    ] as const) {
      const [trouble, ...more] = (await new FoldersCheck(survey({}, 0, folders)).look(signal)).filter(
        (finding) => finding.status !== 'ok',
      );
      assert.equal(trouble?.status, status, JSON.stringify(folders));
      assert.equal(more.length, 0);
    }
    const apart = await new FoldersCheck(survey({})).look(signal);
    assert.ok(apart.every(({ status }) => status === 'ok'));
  });

  it('compares the free space with the inbox only where its images need any', async () => {
    const tight = (path: string) => ({ [path]: folder({ freeBytes: 5 * GB }) });
    const statuses = async (facts: Readonly<Record<string, FolderFacts>>, copies: boolean) =>
      (await new SpaceCheck(survey(facts, 20 * GB), copies).look(signal)).map(({ status }) => status).join(' ');
    assert.equal(await statuses(tight('/w/Sorted'), false), 'ok ok ok', 'moved within the disk');
    assert.equal(await statuses(tight('/w/Sorted'), true), 'warning ok ok', 'copied');
    const elsewhere = { '/w/Sorted': folder({ freeBytes: 5 * GB, device: 'other' }) };
    assert.equal(await statuses(elsewhere, false), 'warning ok ok', 'moved to another disk');
    assert.equal(await statuses(tight('/mnt/nas'), false), 'ok ok warning', 'synced');
    const nearlyFull = { '/w/.image-inbox': folder({ freeBytes: GB / 2 }) };
    assert.equal(await statuses(nearlyFull, false), 'ok warning ok');
    assert.equal(await statuses({ '/mnt/nas': { kind: 'no-answer', seconds: 10 } }, false), 'ok ok');
  });

  it('does not let what is read in a working folder that hangs hang as well', async () => {
    const hanging = survey({ '/w/.image-inbox': { kind: 'no-answer', seconds: 10 } });
    const reads = { id: 'journal', title: 'Journal', look: () => assert.fail('was read') } as const;
    const [finding] = await unlessFolderHangs(reads, hanging).look(signal);
    assert.equal(finding?.status, 'unknown');
  });
});

describe('What the doctor makes of the rest', () => {
  it('knows which Node is new enough', () => {
    assert.equal(nodeFinding('22.19.0').status, 'ok');
    assert.equal(nodeFinding('24.0.0').status, 'ok');
    assert.equal(nodeFinding('22.18.1').status, 'problem');
    assert.equal(nodeFinding('20.20.0').status, 'problem');
  });

  it('fails for a refused key, warns of a missing one, and does not judge one that could not be asked about', () => {
    const status = (kind: Parameters<typeof keyFinding>[1]['kind']) => keyFinding('X', { kind, detail: 'd' }).status;
    assert.deepEqual(
      [status('accepted'), status('missing'), status('refused'), status('unknown')],
      ['ok', 'warning', 'problem', 'unknown'],
    );
  });

  it('asks about no key offline, and about none that no provider needs', async () => {
    const check = { service: 'X', checkKey: () => assert.fail('was asked') };
    const [offline] = await new KeysCheck([{ check, isNeeded: true }], true).look(signal);
    assert.equal(offline?.status, 'unknown');
    const [unused] = await new KeysCheck([{ check, isNeeded: false }], false).look(signal);
    assert.equal(unused?.status, 'ok');
  });

  it('only warns of a service that is away: a run does without', () => {
    const service = { name: 'IQDB', endpoint: 'https://iqdb.example', path: '/' };
    for (const [facts, status] of [
      [{ kind: 'answers', status: 200, ms: 12 }, 'ok'],
      [{ kind: 'answers', status: 403, ms: 12 }, 'ok'],
      [{ kind: 'answers', status: 429, ms: 12 }, 'warning'],
      [{ kind: 'answers', status: 502, ms: 12 }, 'warning'],
      [{ kind: 'blocked', why: 'w' }, 'warning'],
      [{ kind: 'unreachable', why: 'w' }, 'warning'],
    ] as const) {
      assert.equal(serviceFinding({ service, facts }).status, status);
    }
  });

  it('says of a lock who holds it, and what to do about a stranger’s', () => {
    const owner = { pid: 4711, command: 'process', since: '2026-11-23T12:00:00Z' };
    assert.match(lockFinding({ kind: 'held', ...owner }).detail, /process 4711/);
    const elsewhere = lockFinding({ kind: 'held-elsewhere', host: 'cellar', path: '/w/lock', ...owner });
    assert.equal(elsewhere.status, 'warning');
    assert.match(elsewhere.whatToDo ?? '', /remove \/w\/lock/);
    assert.equal(lockFinding({ kind: 'left-behind' }).status, 'ok');
  });

  it('says how to go on with what is unfinished', () => {
    const counts = { failed: 0, awaitingReview: 0, awaitingQuota: 0 };
    const content = { end: 900, startedAt: '2026-11-23T12:00:00Z', isReview: false, counts };
    const said = (changes: object, isOn = false) =>
      runFindings({ ...content, ...changes }, isOn)
        .map(({ status, title, whatToDo }) => `${status} ${title}: ${whatToDo ?? ''}`)
        .join('\n');
    assert.match(said({}), /^warning Last run: .*image-inbox resume/);
    assert.match(said({}, true), /^ok Last run/);
    const all = said({
      outcome: 'completed',
      errorReport: '/w/Sorted/errors.md',
      counts: { failed: 3, awaitingReview: 2, awaitingQuota: 1 },
    });
    for (const line of [/^ok Last run/m, /^warning Failed images: See \/w\/Sorted\/errors\.md/m])
      assert.match(all, line);
    for (const line of [/^ok Waiting for review: .*approve all/m, /^ok Waiting for searches: .*resume/m])
      assert.match(all, line);
  });

  it('makes no drama of a damaged database, which can be made again, but of one that is too new', () => {
    assert.equal(databaseFinding({ kind: 'broken', why: 'w' }).status, 'warning');
    assert.equal(databaseFinding({ kind: 'unusable', why: 'w' }).status, 'problem');
    assert.match(
      databaseFinding({ kind: 'sound', bytes: 1_234_567, answers: 3, sortedFiles: 4 }).detail,
      /3 answers .* 4 sorted files in 1\.2 MB/,
    );
  });

  it('writes sizes as people do', () => {
    assert.deepEqual([0, 999, 1000, 123_456_789, 4.2e12, 5e15].map(sizeText), [
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '123 MB',
      '4.2 TB',
      '5000 TB',
    ]);
  });
});
