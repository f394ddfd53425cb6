/** node writesForever.ts SIDECAR: writes two contents in turn until it is killed, and says a word for each that is written. */
import { ExiftoolMetadataWriter } from '../../src/adapters/exiftool/exiftoolMetadataWriter.ts';
import { SHIPPED_CONFIG } from '../adapters/exiftool/shippedConfig.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';
import { tagged } from './contents.ts';
import { ONE_SET, OTHER_SET } from './twoSets.ts';

const [, , sidecar = ''] = process.argv;
const writer = new ExiftoolMetadataWriter({ maxProcs: 1, log: silentLog, config: SHIPPED_CONFIG });
const { signal } = new AbortController();
await writer.write(sidecar, tagged(...ONE_SET), signal);
console.log('one');
for (;;) {
  await writer.write(sidecar, tagged(...OTHER_SET), signal);
  console.log('other');
  await writer.write(sidecar, tagged(...ONE_SET), signal);
  console.log('one');
}
