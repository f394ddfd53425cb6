/**
 * npm run fuzz [-- --count 20000 --seed 1]: so many spoiled images, and a tenth as many of everything else that is read: sidecars,
 * files beside images, journals and their digests, databases and their long values, manifests, preferences, settings. (Answers of services: test/adapters/conformance.test.ts.)
 */
import { parseArgs } from 'node:util';
import { feed } from './besiegeWithBytes.ts';
import { SUBJECTS } from './subjectNames.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
for (const subject of SUBJECTS) {
  const count = Math.ceil(Number(values.count) / (subject === 'images' ? 1 : 10));
  const began = performance.now();
  const { taken, refused, memory } = await feed(subject, Number(values.seed), count);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${subject.padEnd(12)} ${count} trials in ${seconds} s: ${taken} taken, ${refused} refused, ${memory.toFixed(0)} MB`,
  );
}
