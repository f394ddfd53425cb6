/** node victim.ts FOLDER SUBJECT SEED FIRST COUNT: feeds one subject; a line on stdout before and after each trial. */
import { join } from 'node:path';
import { seeded } from '../adapters/support/mutate.ts';
import { mutateBytes } from './mutateBytes.ts';
import { put, subjectsIn } from './subjects.ts';

const [folder = '', name = '', seed = '0', first = '0', count = '0'] = process.argv.slice(2);
const subject = (await subjectsIn(join(folder, 'seeds')))[name];
if (!subject) throw new Error(`there is no ${name}`);
const home = join(folder, 'trial');
for (let n = Number(first); n < Number(first) + Number(count); n++) {
  const random = seeded(Number(seed) * 1_000_003 + n);
  const whole = subject.seeds[n % subject.seeds.length] ?? Buffer.alloc(0);
  const path = join(home, subject.place);
  put(path, mutateBytes(whole, random));
  console.log(`begin ${n}`);
  try {
    await subject.feed(path, home);
    console.log('end taken');
  } catch (error) {
    const told = error instanceof Error ? error.name : typeof error;
    if (!subject.throws.includes(told)) {
      console.log(`end bad ${JSON.stringify(error instanceof Error ? error.stack : error)}`);
    } else console.log('end refused');
  }
}
