import assert from 'node:assert/strict';
import { folderFinding, FoldersCheck } from '../../../src/core/doctor/checks/foldersCheck.ts';
import { SpaceCheck, spaceFinding } from '../../../src/core/doctor/checks/spaceCheck.ts';
import type { Finding } from '../../../src/core/doctor/finding.ts';
import { FolderSurvey } from '../../../src/core/doctor/folderSurvey.ts';
import { sizeText } from '../../../src/core/doctor/sizeText.ts';
import { unlessFolderHangs } from '../../../src/core/doctor/unlessFolderHangs.ts';
import type { FolderFacts } from '../../../src/core/ports/folderProbe.ts';
import type { Folders } from '../../../src/core/settings/folders.ts';

const GB = 1e9;
const signal = new AbortController().signal;
const FOLDERS: Folders = { inbox: '/w/Inbox', sorted: '/w/Sorted', working: '/w/.image-inbox', nas: '/mnt/nas' };
const folder = (changes: object = {}): FolderFacts => ({
  kind: 'folder',
  identity: '',
  device: 'disk',
  isEmpty: false,
  freeBytes: 100 * GB,
  ...changes,
});
const away: FolderFacts = { kind: 'out-of-reach', why: 'EIO' };

/** Folders that are as they should be, but for these. */
class Surveyed {
  readonly looked: string[] = [];
  readonly measured: unknown[] = [];
  readonly survey: FolderSurvey;

  constructor(
    facts: Readonly<Record<string, FolderFacts>> = {},
    folders = FOLDERS,
    bytes: number | undefined = 20 * GB,
  ) {
    this.survey = new FolderSurvey(folders, {
      look: (path) => {
        this.looked.push(path);
        return Promise.resolve(
          facts[path] ?? folder({ identity: path, ...(path === folders.nas && { device: 'nas' }) }),
        );
      },
      sizeOf: (path, exclude) => {
        this.measured.push([path, ...exclude]);
        return Promise.resolve(bytes);
      },
    });
  }

  findings(): Promise<readonly Finding[]> {
    return new FoldersCheck(this.survey).look(signal);
  }

  async troubles(): Promise<readonly string[]> {
    return (await this.findings())
      .filter(({ status }) => status !== 'ok')
      .map(({ title, detail }) => `${title}: ${detail}`);
  }

  space(copies = false): Promise<readonly Finding[]> {
    return new SpaceCheck(this.survey, copies).look(signal);
  }
}

describe('The checkup of the folders', () => {
  it('tells each of the four, by its name and its path', async () => {
    const found = await new Surveyed().findings();
    assert.deepEqual(
      found.map(({ status, title, detail }) => `${status} ${title} ${detail}`),
      [
        'ok Inbox /w/Inbox',
        'ok Sorted folder /w/Sorted',
        'ok Working folder /w/.image-inbox',
        'ok NAS folder /mnt/nas',
      ],
    );
  });

  it('asks no folder for a NAS that is none', async () => {
    const surveyed = new Surveyed({}, { ...FOLDERS, nas: 'cloud:Art' });
    const nas = (await surveyed.findings()).at(-1);
    assert.deepEqual([nas?.status, nas?.title], ['ok', 'NAS folder']);
    assert.match(nas?.detail ?? '', /^cloud:Art is no folder of this system/);
    assert.deepEqual(surveyed.looked, ['/w/Inbox', '/w/Sorted', '/w/.image-inbox']);
    const { nas: _, ...without } = FOLDERS;
    const none = new Surveyed({}, without);
    assert.deepEqual((await none.findings()).at(-1), {
      status: 'ok',
      title: 'NAS folder',
      detail: 'None is set: nothing is synced.',
    });
    assert.equal(none.looked.length, 3);
  });

  it('looks at each once, whoever asks', async () => {
    const surveyed = new Surveyed();
    await Promise.all([surveyed.findings(), surveyed.space(), surveyed.space(true)]);
    assert.equal(surveyed.looked.length, 4);
    assert.deepEqual(surveyed.measured, [['/w/Inbox', '/w/Sorted', '/w/.image-inbox']]);
  });

  it('says what is wrong, and which setting would help', () => {
    const said = (role: Parameters<typeof folderFinding>[0], facts: FolderFacts): string => {
      const { detail, whatToDo } = folderFinding(role, '/f', facts);
      return `${detail} ${whatToDo ?? ''}`;
    };
    const full = folder({ unwritable: 'the disk is full (ENOSPC)' });
    assert.match(said('inbox', full), /disk is full.*sidecars are written beside the images/);
    assert.match(said('sorted', full), /disk is full.*imageInbox\.directories\.sorted/);
    const missing: FolderFacts = { kind: 'missing', device: '', freeBytes: 0 };
    assert.match(said('inbox', missing), /not there.*imageInbox\.directories\.inbox.*arrive/);
    assert.match(said('nas', missing), /not there.*imageInbox\.directories\.nas.*never made/);
    assert.match(said('working', missing), /the first run makes it/);
    assert.match(said('working', { ...missing, uncreatable: 'read-only' }), /can’t be made: read-only/);
    assert.match(said('sorted', { kind: 'not-a-folder' }), /is a file.*imageInbox\.directories\.sorted/);
    assert.match(said('sorted', away), /can’t be looked at: EIO.*rights of the folders above/);
    assert.match(said('nas', { kind: 'no-answer', seconds: 10 }), /no answer within 10 seconds.*network drive/);
    assert.match(said('inbox', folder({ unreadable: 'EACCES' })), /can’t be read: EACCES.*right to read/);
  });

  it('suspects an empty NAS folder on the disk of the sorted folder alone, and tells its other troubles first', async () => {
    const nas = async (facts: FolderFacts, sorted: FolderFacts = folder()): Promise<string> => {
      const found = await new Surveyed({ '/mnt/nas': facts, '/w/Sorted': sorted }).findings();
      const { status, detail } = found.find(({ title }) => title === 'NAS folder')!;
      return `${status} ${detail}`;
    };
    assert.match(await nas(folder({ isEmpty: true })), /^warning \/mnt\/nas is empty/);
    assert.equal(await nas(folder()), 'ok /mnt/nas');
    assert.equal(await nas(folder({ isEmpty: true, device: 'nas' })), 'ok /mnt/nas');
    assert.equal(await nas(folder({ isEmpty: true }), away), 'ok /mnt/nas');
    assert.match(await nas(folder({ isEmpty: true, unwritable: 'EROFS' })), /^problem .*EROFS/);
    assert.match(await nas({ kind: 'missing', device: 'disk', freeBytes: 0 }), /^problem .*not there/);
  });
});

describe('Folders in each other’s way', () => {
  const WAY = 'In each other’s way';

  it('are told with both of their paths', async () => {
    const [nas] = await new Surveyed({}, { ...FOLDERS, nas: '/w/Inbox/nas' }).troubles();
    assert.equal(
      nas,
      `${WAY}: The NAS folder /w/Inbox/nas is in the folder to process, /w/Inbox: what is synced would be taken in again. Choose another one.`,
    );
    const [working] = await new Surveyed({}, { ...FOLDERS, working: '/w/Sorted/work' }).troubles();
    assert.match(
      working ?? '',
      /^In each other’s way: The working folder \/w\/Sorted\/work is in the sorted folder \/w\/Sorted/,
    );
    const found = (await new Surveyed({}, { ...FOLDERS, inbox: '/w/Sorted/new' }).findings()).at(-1);
    assert.equal(found?.title, WAY);
    assert.match(found.whatToDo ?? '', /imageInbox\.directories/);
  });

  it('are told once, where one trouble is the cause of others', async () => {
    const troubles = await new Surveyed({}, { ...FOLDERS, inbox: '/w/Sorted', working: '/w/Sorted/work' }).troubles();
    assert.equal(troubles.length, 1);
  });

  it('are found by what they are in truth, each pair once', async () => {
    const same = folder({ identity: '1:2' });
    assert.deepEqual(await new Surveyed({ '/w/Inbox': same, '/w/Sorted': same }).troubles(), [
      `${WAY}: /w/Inbox and /w/Sorted are the same folder (a link or a mount).`,
    ]);
    assert.equal(
      (await new Surveyed({ '/w/Inbox': same, '/w/Sorted': same, '/w/.image-inbox': same }).troubles()).length,
      3,
    );
  });

  it('are not suspected where the file system tells no folder from another, or one can’t be looked at', async () => {
    const nameless = folder({ identity: '' });
    assert.deepEqual(await new Surveyed({ '/w/Inbox': nameless, '/w/Sorted': nameless }).troubles(), []);
    const missing: FolderFacts = { kind: 'missing', device: 'disk', freeBytes: GB };
    assert.deepEqual(await new Surveyed({ '/w/Sorted': missing, '/w/.image-inbox': missing }).troubles(), []);
    const { nas: _, ...without } = FOLDERS;
    assert.deepEqual(await new Surveyed({}, without).troubles(), []);
  });
});

describe('The checkup of the free space', () => {
  const statuses = (found: readonly Finding[]): string =>
    found.map(({ status, title }) => `${status} ${title}`).join(', ');

  it('names the folders whose disks it looked at, and leaves out those that give no answer', async () => {
    assert.equal(statuses(await new Surveyed().space()), 'ok Sorted folder, ok Working folder, ok NAS folder');
    assert.equal(statuses(await new Surveyed({ '/w/Sorted': away }).space()), 'ok Working folder, ok NAS folder');
    const { nas: _, ...without } = FOLDERS;
    assert.equal(statuses(await new Surveyed({}, without).space()), 'ok Sorted folder, ok Working folder');
  });

  it('measures no inbox that can’t be looked at, and believes the worst of no inbox that can’t be measured', async () => {
    const surveyed = new Surveyed({ '/w/Inbox': away });
    await surveyed.space(true);
    assert.deepEqual(surveyed.measured, []);
    const unmeasured = new FolderSurvey(FOLDERS, {
      look: () => Promise.resolve(folder({ freeBytes: 2 * GB })),
      sizeOf: () => Promise.resolve(undefined),
    });
    assert.ok((await new SpaceCheck(unmeasured, true).look(signal)).every(({ status }) => status === 'ok'));
  });

  it('is enough where it just suffices, and little below a gigabyte', () => {
    const [enough] = spaceFinding('NAS folder', folder({ freeBytes: 20 * GB }), 20 * GB);
    assert.deepEqual(enough, { status: 'ok', title: 'NAS folder', detail: '20.0 GB are free.' });
    const [short] = spaceFinding('NAS folder', folder({ freeBytes: 20 * GB - 1 }), 20 * GB);
    assert.match(short?.detail ?? '', /20\.0 GB are free, but the inbox holds 20\.0 GB/);
    assert.match(short?.whatToDo ?? '', /can be resumed/);
    assert.equal(spaceFinding('NAS folder', folder({ freeBytes: GB }), 0)[0]?.status, 'ok');
    const [little] = spaceFinding('NAS folder', folder({ freeBytes: GB - 1e6 }), 0);
    assert.deepEqual([little?.status, little?.detail], ['warning', 'Only 999 MB are free.']);
    assert.ok(little?.whatToDo);
  });

  it('counts the inbox on a sorted folder of another disk, or of one that nobody knows', async () => {
    const tight = folder({ freeBytes: 5 * GB });
    assert.match(statuses(await new Surveyed({ '/w/Sorted': tight }).space()), /^ok Sorted/);
    const there: FolderFacts = { kind: 'missing', device: 'other', freeBytes: 5 * GB };
    assert.match(statuses(await new Surveyed({ '/w/Sorted': there }).space()), /^warning Sorted/);
  });

  it('is told with three digits', () => {
    assert.deepEqual([99_940, 100_000, 12_345].map(sizeText), ['99.9 kB', '100 kB', '12.3 kB']);
  });
});

describe('What is read in the working folder', () => {
  const check = { id: 'journal', title: 'Journal', look: () => Promise.resolve([{ status: 'ok', title: 'J', detail: 'd' }] as const) } as const; // prettier-ignore

  it('is read where the folder gives an answer, whatever it says', async () => {
    for (const facts of [folder(), away]) {
      const [finding] = await unlessFolderHangs(check, new Surveyed({ '/w/.image-inbox': facts }).survey).look(signal);
      assert.equal(finding?.status, 'ok');
    }
  });

  it('is said not to have been read where it gives none', async () => {
    const hanging = new Surveyed({ '/w/.image-inbox': { kind: 'no-answer', seconds: 10 } });
    const guarded = unlessFolderHangs(check, hanging.survey);
    assert.deepEqual([guarded.id, guarded.title], ['journal', 'Journal']);
    const [finding] = await guarded.look(signal);
    assert.match(finding?.detail ?? '', /working folder gives no answer/);
  });
});
