/** node writeWithoutRights.ts SIDECAR CONTENT: writes a sidecar and prints `written`, `unchanged` or the reason why not. */
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { ImageError } from '../../src/core/model/failure.ts';
import type { SidecarContent } from '../../src/core/sidecar/content.ts';
import { SHIPPED_CONFIG } from '../adapters/exiftool/shippedConfig.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';

const [, , sidecar = '', content = ''] = process.argv;
const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
try {
  const { written } = await writer.write(sidecar, JSON.parse(content) as SidecarContent, new AbortController().signal);
  console.log(written ? 'written' : 'unchanged');
} catch (error) {
  if (!(error instanceof ImageError)) throw error;
  console.log(error.reason);
} finally {
  await writer.close();
}
