import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeDecisionBox } from '../../../src/adapters/files/nodeDecisionBox.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('The box of decisions', () => {
  it('keeps the order of letters that are posted at once', async () => {
    await using folder = await temporaryFolder();
    const images = Array.from({ length: 40 }, (_, i) => `${i}` as ImageId);
    for (let round = 0; round < 20; round++) {
      const box = new NodeDecisionBox(join(folder.path, `${round}`), new CollectedLog());
      await Promise.all(images.map((image) => box.post([{ image }])));
      const read = (await box.unread()).flatMap(({ decisions }) => decisions.map(({ image }) => image));
      assert.deepEqual(read, images);
    }
  });

  it('keeps a decision as it was made, also one of a version that told no tags of other images from free text', async () => {
    await using folder = await temporaryFolder();
    const box = new NodeDecisionBox(join(folder.path, 'decisions'), new CollectedLog());
    const tags = { ...NO_TAGS, general: ['blue_eyes', 'Places/Home'] };
    const older: Decision = { decision: 'edited', tags, category: 'Art' };
    for (const decision of [older, { ...older, named: ['blue_eyes'] }]) {
      await box.post([{ image: 'a' as ImageId, decision }]);
      const [letter] = await box.unread();
      assert.deepEqual(letter?.decisions, [{ image: 'a', decision }]);
      await letter.remove();
    }
  });

  it('tells of a decision also after a letter that could not be read was taken away', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'decisions');
    const spoiled = join(dir, '000000000000001-1-aaaaaa.json');
    await mkdir(dir);
    await writeFile(spoiled, 'no decision');
    const box = new NodeDecisionBox(dir, new CollectedLog());
    assert.deepEqual(await box.unread(), []);
    await rm(spoiled);

    const told = Promise.withResolvers<boolean>();
    const stop = box.watch(() => told.resolve(true));
    // nothing else keeps the process
    const alive = setInterval(() => undefined, 1000);
    try {
      await box.post([{ image: 'a' as ImageId }]);
      await told.promise;
      assert.deepEqual(
        (await box.unread()).map(({ decisions }) => decisions),
        [[{ image: 'a' }]],
      );
    } finally {
      clearInterval(alive);
      stop();
    }
  });
});
