/** Does work for many, a few at once, and gives each result when it is there. What is under way ends before an error goes out. */
export async function* asTheyEnd<In, Out>(
  items: readonly In[],
  atOnce: number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const underWay = new Map<number, Promise<{ readonly key: number; readonly out: Out }>>();
  let next = 0;
  try {
    while (next < items.length || underWay.size > 0) {
      for (; next < items.length && underWay.size < atOnce; next++) {
        const key = next;
        underWay.set(
          key,
          work(items[key] as In).then((out) => ({ key, out })),
        );
      }
      const { key, out } = await Promise.race(underWay.values());
      underWay.delete(key);
      yield out;
    }
  } finally {
    await Promise.allSettled(underWay.values());
  }
}
