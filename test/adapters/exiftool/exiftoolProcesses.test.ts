import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExiftoolMetadataWriter } from '../../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { ExiftoolProcesses } from '../../../src/adapters/exiftool/exiftoolProcesses.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { silentLog } from './silentLog.ts';

const CONTENT = { tags: [], relations: [], creators: [], creatorTool: 'Image Inbox 1.0.0' };

describe('the ExifTool processes', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exif tool '));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('never get an argument with a line break, nor one that is neither option nor absolute path', async () => {
    const processes = new ExiftoolProcesses({ maxProcs: 1, log: silentLog });
    for (const bad of ['-XMP-dc:Title=a\n-o\nb', '-XMP-dc:Title=a\0', 'relative.xmp', '#[CSTR]-ver', '']) {
      await assert.rejects(processes.run(['-ver', bad]), /Not an argument/);
    }
    await processes.close();
  });

  it('never run the Perl code of a configuration in the working folder', async () => {
    const proof = join(folder, 'proof');
    await writeFile(join(folder, '.ExifTool_config'), `open(F, '>', '${proof}'); close F; 1;`);
    const home = process.cwd();
    const processes = new ExiftoolProcesses({ maxProcs: 1, log: silentLog });
    process.chdir(folder);
    try {
      assert.match((await processes.run(['-ver'])).stdout, /^13\./);
    } finally {
      process.chdir(home);
      await processes.close();
    }
    assert.deepEqual(await readdir(folder), ['.ExifTool_config']);
  });

  it('tell of a process that dies as something worth another try, and leave nothing behind', async () => {
    // Answers the question for its version, as at the start, and dies at the first command.
    const program = join(folder, 'dies.pl');
    await writeFile(
      program,
      '$| = 1; while (<STDIN>) { if (/^-ver/) { print "13.59\\n" } elsif (/^-execute/) { print "{ready}\\n" } elsif (/^-XMP/) { exit 1 } }',
    );
    await chmod(program, 0o755);
    const writer = new ExiftoolMetadataWriter({ exiftoolPath: program, maxProcs: 1, log: silentLog });
    const { signal } = new AbortController();
    await assert.rejects(
      writer.write(join(folder, 'a.jpg.xmp'), CONTENT, signal),
      (error) => error instanceof ImageError && error.reason === 'exiftool' && error.transient,
    );
    await writer.close();
    assert.deepEqual(await readdir(folder), ['dies.pl']);
  });

  it('are gone after the end, and take nothing more', async () => {
    const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog });
    const { signal } = new AbortController();
    await writer.write(join(folder, 'a.jpg.xmp'), CONTENT, signal);
    await writer.close();
    await assert.rejects(writer.write(join(folder, 'b.jpg.xmp'), CONTENT, signal), /closed/);
    assert.deepEqual(await readdir(folder), ['a.jpg.xmp']);
  });
});
