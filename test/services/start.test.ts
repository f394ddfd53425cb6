import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generatePicture, generatePost } from './generated.ts';
import { loadSamplePosts } from './samplePosts.ts';
import { sampleSaucenaoKey } from './saucenao.ts';
import { startServices } from './start.ts';
import { form } from './upload.ts';

describe('the stand-in services together', () => {
  it('run as a program that prints their addresses and ends when it is told to', async () => {
    const program = fileURLToPath(new URL('start.ts', import.meta.url));
    const child = spawn(process.execPath, [program, '--unlimited'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    try {
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const { saucenao, iqdb, danbooru } = JSON.parse(line) as Record<'saucenao' | 'iqdb' | 'danbooru', string>;
      assert.equal((await fetch(`${saucenao}/search.php?output_type=2`)).status, 403);
      assert.equal((await fetch(iqdb)).status, 200);
      const post = await fetch(`${danbooru}/posts/99100001.json`, {
        headers: { 'user-agent': 'image-inbox-tests/1.0' },
      });
      assert.equal(post.status, 200);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await exit, [0, null]);
  });

  it('know generated pictures by their own posts', async () => {
    const picture = await generatePicture(3);
    assert.deepEqual(await generatePicture(3), picture);
    const posts = [
      ...(await loadSamplePosts()),
      await generatePost(3, picture),
      await generatePost(4, await generatePicture(4)),
    ];
    await using services = await startServices(posts);
    const found = await fetch(
      `${services.saucenao.url}/search.php?output_type=2&numres=1&api_key=${sampleSaucenaoKey}`,
      {
        method: 'POST',
        body: form('file', picture, 'image.jpg'),
      },
    );
    const { results } = (await found.json()) as { results: { data: Record<string, unknown> }[] };
    assert.equal(results[0]?.data['danbooru_id'], 99_200_003);
  });
});
