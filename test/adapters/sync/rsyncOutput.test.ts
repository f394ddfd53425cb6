import assert from 'node:assert/strict';
import {
  complaintAbout,
  parseComplaint,
  parseListing,
  parseProgress,
  parseSent,
} from '../../../src/adapters/sync/rsyncOutput.ts';

describe('The output of rsync', () => {
  it('lists files with size, time and name, by position', () => {
    assert.deepEqual(parseListing('-rw-r--r--       12345 2026/01/31 14:25:00 Anime/a  b 猫.jpg'), {
      place: 'Anime/a  b 猫.jpg',
      there: { kind: 'file', size: 12345, mtimeMs: Date.parse('2026-01-31T14:25:00Z') },
    });
    assert.deepEqual(parseListing('drwxr-xr-x        4096 2026/01/31 14:25:00 .'), {
      place: '.',
      there: { kind: 'other' },
    });
    assert.deepEqual(parseListing('lrwxrwxrwx          11 2026/01/31 14:25:00 a.jpg -> b.jpg')?.there, {
      kind: 'other',
    });
    assert.deepEqual(parseListing('-rw-r--r--+  9876543210 2026/01/31 14:25:00 large.jpg')?.there.kind, 'file');
    assert.equal(parseListing('Welcome to the NAS of 2026/01/31'), undefined);
  });

  it('tells how far it is', () => {
    assert.equal(parseProgress('        9,876  12%  1.00MB/s    0:00:01'), undefined, 'not as it was asked to');
    assert.equal(parseProgress('     98304000  12%  93.75MB/s    0:00:07 (xfr#3, to-chk=0/9)'), 98_304_000);
    assert.equal(parseProgress('sending incremental file list'), undefined);
  });

  it('tells what it has sent, whatever its name looks like', () => {
    assert.equal(parseSent('sent 3000407 Anime/50% off, sent 1 a.jpg'), 'Anime/50% off, sent 1 a.jpg');
    assert.equal(parseProgress('sent 3000407 50% off.jpg'), undefined);
    assert.equal(parseSent('sent 3,000,407 bytes  received 35 bytes'), undefined);
    assert.equal(parseSent('     98304000  12%  93.75MB/s    0:00:07 (xfr#3, to-chk=0/9)'), undefined);
  });

  it('complains of a path as the other side has it, with what is no character spelled out', () => {
    const line = String.raw`rsync: [sender] link_stat "/nas/B/4 "q" \#012\#134#012.png" (in library) failed: Permission denied (13)`;
    assert.deepEqual(parseComplaint(line), { path: '/nas/B/4 "q" \n\\#012.png', errno: 13, text: line });
    assert.equal(
      parseComplaint('rsync error: some files/attrs were not transferred (code 23) at main.c(1394)'),
      undefined,
    );
  });

  it('complains of a file by a number, in whichever language', () => {
    const stderr = [
      'rsync: [receiver] mkstemp "/nas/.a.jpg.Xy12Z3" failed: Permission denied (13)',
      'rsync: [generator] recv_generator: mkdir "/nas/Ordner" fehlgeschlagen: Kein Platz (28)',
      'rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1394) [sender=3.5.0]',
    ].join('\n');
    assert.equal(complaintAbout('x/a.jpg', stderr)?.errno, 13);
    assert.equal(complaintAbout('Ordner', stderr)?.errno, 28);
    assert.equal(complaintAbout('b.jpg', stderr), undefined);
  });
});
