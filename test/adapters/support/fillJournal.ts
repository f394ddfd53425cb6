import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { FatalError } from '../../../src/core/model/failure.ts';

// appends until it can't, and tells how many lines were taken
const journal = await new NodeJournalFolder(process.argv[2] ?? '').openLatest();
let appended = 0;
try {
  for (;;) {
    await journal?.append(JSON.stringify({ kind: 'test', n: appended + 3, path: `夏/"${appended + 3}" 🌄.jpg` }), true);
    appended++;
  }
} catch (error) {
  if (!(error instanceof FatalError)) throw error;
}
await journal?.close();
console.log(appended);
