import assert from 'node:assert/strict';
import { parseErrors, parseSummary } from '../../../src/adapters/sync/robocopyOutput.ts';

const RULE = '-'.repeat(78);
const listing = (head: string, rows: readonly [string, string, string, string], tail: string): string =>
  [
    '\t    New File  \t\t   12345\t100.jpg',
    '  0%  \r 50%  \r100%  ',
    '',
    RULE,
    '',
    `               ${head}`,
    `${rows[0]}         2         1         1         0         0         0`,
    `${rows[1]}        17        14         2         0         1         3`,
    `${rows[2]}    123456    100000     20000         0      3456         7`,
    `${rows[3]}   0:00:05   0:00:02                       0:00:00   0:00:03`,
    '',
    tail,
  ].join('\r\n');

const OUTPUTS = {
  English: listing(
    'Total    Copied   Skipped  Mismatch    FAILED    Extras',
    ['    Dirs :', '   Files :', '   Bytes :', '   Times :'],
    '   Speed :            50000 Bytes/sec.',
  ),
  German: listing(
    'Insgesamt   KopiertÜbersprungenKeine Übereinstimmung    FEHLER    Extras',
    ['Verzeich.:', '  Dateien:', '    Bytes:', '   Zeiten:'],
    'Geschwindigkeit:            50000 Bytes/Sek.',
  ),
  French: listing(
    'Total    Copié     IgnoréDiscordance     ÉCHEC    Extras',
    ['     Rép :', 'Fichiers :', '  Octets :', '  Heures :'],
    '   Vitesse :            50000 octets/s',
  ),
  Spanish: listing(
    'Total   Copiado   OmitidoNo coincidencia     ERROR    Extras',
    ['  Director.:', '   Archivos:', '      Bytes:', '     Tiempo:'],
    ' Velocidad:            50000 Bytes/s',
  ),
  Japanese: listing(
    '  合計     コピー済み      スキップ       不一致        失敗    Extras',
    ['ディレクトリ:', '    ファイル:', '      バイト:', '        時刻:'],
    '        速度:               50000 バイト/秒',
  ),
  Chinese: listing(
    '总数        复制        跳过      不匹配        失败        其他',
    ['    目录: ', '    文件: ', '    字节: ', '    时间: '],
    '    速度:            50000 字节/秒。',
  ),
  'in a code page that was read wrongly': listing(
    '\u008d\u0087\u008cv  \u0083R\u0083s\u0081[',
    ['\u0083f\u0083B:', '\u0083t\u0083@\u0083C\u0083\u008b:', '\u0083o\u0083C\u0083g:', '\u008e\u009e\u008d\u008f:'],
    '',
  ),
};

describe('The output of robocopy', () => {
  for (const [language, output] of Object.entries(OUTPUTS)) {
    it(`is read by position: ${language}`, () => {
      const summary = parseSummary(output);
      assert.deepEqual(summary?.files, { total: 17, copied: 14, skipped: 2, mismatched: 0, failed: 1, extras: 3 });
      assert.equal(summary.bytes.copied, 100000);
      assert.equal(summary.folders.total, 2);
    });
  }

  it('has no summary when it was ended', () => {
    assert.equal(parseSummary('\t    New File  \t\t   12345\t100.jpg\r\n  0%'), undefined);
  });

  it('names its errors by the number of Windows, in any language', () => {
    const output = [
      '2026/01/31 14:25:00 ERROR 32 (0x00000020) Copying File C:\\Sorted\\日本 a.jpg',
      'The process cannot access the file because it is being used by another process.',
      '2026/01/31 14:25:05 FEHLER 112 (0x00000070) Datei wird kopiert \\\\nas\\fotos\\b c.jpg',
      'Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung.',
      '2026/01/31 14:25:06 ERREUR 5 (0x00000005) Copie du fichier C:\\Triés\\été.jpg',
      'Accès refusé.',
      '2026/01/31 14:25:07 エラー 64 (0x00000040) ファイルをコピーしています \\\\nas\\写真\\夏.jpg',
      '2026/01/31 14:25:08 错误 2 (0x00000002) 正在复制文件 C:\\Sorted\\图.jpg',
      '2026/01/31 14:25:09 ERRO 1450 (0x000005AA) Copiando arquivo C:\\Sorted\\d.jpg',
      '\t    New File  \t\t   12345\tERROR 5 (0x00000005) x.jpg',
    ].join('\r\n');
    assert.deepEqual(parseErrors(output), [
      { code: 32, path: 'C:\\Sorted\\日本 a.jpg' },
      { code: 112, path: '\\\\nas\\fotos\\b c.jpg' },
      { code: 5, path: 'C:\\Triés\\été.jpg' },
      { code: 64, path: '\\\\nas\\写真\\夏.jpg' },
      { code: 2, path: 'C:\\Sorted\\图.jpg' },
      { code: 1450, path: 'C:\\Sorted\\d.jpg' },
    ]);
  });
});
