import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RobocopyCarrier } from '../../../src/adapters/sync/robocopyCarrier.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Ends with this code after it has said this, and copies nothing. */
async function carried(code: number, said = ''): Promise<string> {
  await using folder = await temporaryFolder();
  const script = join(folder.path, 'robocopy.sh');
  const output = join(folder.path, 'said');
  await writeFile(output, said);
  await writeFile(script, `#!/bin/sh\ncat "$(dirname "$0")/said"\nexit ${code}\n`);
  await chmod(script, 0o755);
  const [source, staging] = [join(folder.path, 'a.jpg'), join(folder.path, 'staging')];
  await Promise.all([writeFile(source, 'image'), mkdir(staging)]);
  const cargo = { place: 'a.jpg', source, size: 5, mtimeMs: 0, replaces: undefined, resume: false };
  const carrier = new RobocopyCarrier({ program: ['sh', script], options: [] });
  try {
    for await (const { error } of carrier.carry([cargo], staging, { signal: new AbortController().signal })) {
      return error instanceof ImageError ? error.reason : 'arrived';
    }
    return 'nothing';
  } catch (error) {
    return (error as Error).name;
  }
}

const error = (code: number): string =>
  `2026/01/31 14:25:00 FEHLER ${code} (0x${code.toString(16).toUpperCase().padStart(8, '0')}) Datei wird kopiert C:\\Sorted\\a.jpg\r\nText.\r\n`;
const summary = (failed: number): string =>
  `\r\n Verzeich.:  1  0  1  0  0  0\r\n   Dateien:  1  0  0  0  ${failed}  0\r\n     Bytes:  5  0  0  0  5  0\r\n`;

describe('The exit codes of robocopy', () => {
  it('say nothing against a file up to 7; whether it is there is looked at', async () => {
    for (const code of [0, 1, 2, 3, 5, 6, 7]) assert.equal(await carried(code), 'verify-failed', String(code));
  });

  it('from 8 on are the trouble of the files that it names, by the number of Windows', async () => {
    for (const [number, reason] of [[5, 'not-writable'], [112, 'no-space'], [2, 'vanished'], [32, 'not-writable']] as const) {
      assert.equal(await carried(8, error(number)), reason, String(number));
      assert.equal(await carried(9, error(number) + summary(1)), reason, String(number));
    }
  }); // prettier-ignore

  it('are taken for trouble of the NAS when the network is gone, or nothing was tried at all', async () => {
    for (const number of [53, 59, 64, 67, 121]) assert.equal(await carried(8, error(number)), 'NasUnreachable');
    assert.equal(await carried(16, 'Ungültiger Parameter #4: "/XYZ"'), 'NasUnreachable');
  });

  it('go with what the summary counts where no error has a number', async () => {
    assert.equal(await carried(8, summary(1)), 'not-writable');
  });
});
