import assert from 'node:assert/strict';
import { LimitWindow } from '../../../src/adapters/saucenao/limitWindow.ts';

describe('LimitWindow', () => {
  const short = { lengthMs: 30_000, grainMs: 0 };

  it('knows no limit before it is told one', () => {
    const window = new LimitWindow(short, 0);
    for (let i = 0; i < 10; i++) window.add(0);
    assert.equal(window.freeAt(0), 0);
  });

  it('is free again when its oldest use has left it', () => {
    const window = new LimitWindow(short, 0);
    for (const at of [0, 1000, 2000]) window.add(at);
    window.observe(2000, 3, 0);
    assert.equal(window.freeAt(2000), 30_000);
    assert.equal(window.freeAt(30_000), 30_000);
    window.add(30_000);
    assert.equal(window.freeAt(30_000), 31_000);
  });

  it('counts what others used as used just now', () => {
    const window = new LimitWindow(short, 0);
    window.add(0);
    window.observe(5000, 4, 1);
    window.add(5000);
    assert.equal(window.freeAt(5000), 30_000);
    window.add(30_000);
    assert.equal(window.freeAt(30_001), 35_000);
  });

  it('believes that more is left than it thought, but not by one: the rest may not include the last use', () => {
    const window = new LimitWindow(short, 0);
    for (let i = 0; i < 4; i++) window.add(i);
    window.observe(10, 4, 1);
    assert.ok(window.freeAt(10) > 10);
    window.observe(10, 4, 3);
    assert.equal(window.freeAt(10), 10);
  });

  it('is full when the service refuses, whatever it counted itself', () => {
    const window = new LimitWindow(short, 0);
    window.fill(1000, undefined);
    assert.equal(window.freeAt(1000), 31_000);
    const counted = new LimitWindow(short, 0);
    counted.add(0);
    counted.fill(1000, 4);
    assert.equal(counted.freeAt(1000), 30_000);
  });

  it('tells a limit that was stated from one that it took from a refusal, over a restart too', () => {
    const window = new LimitWindow(short, 0);
    assert.equal(window.isKnown, false);
    window.fill(0, undefined);
    assert.equal(window.isKnown, false);
    assert.equal(new LimitWindow(short, 0, window.state).isKnown, false);
    window.observe(0, 4, 0);
    assert.equal(window.isKnown, true);
    window.fill(0, undefined);
    assert.equal(new LimitWindow(short, 0, window.state).isKnown, true);
  });

  it('is not changed by what is tried out on a copy', () => {
    const window = new LimitWindow(short, 0);
    window.add(0);
    window.observe(0, 2, 1);
    const copy = window.copy(0);
    copy.add(1);
    assert.equal(copy.freeAt(1), 30_000);
    assert.equal(window.freeAt(1), 1);
  });

  it('keeps a day of thousands short, and frees no use too early for it', () => {
    const day = { lengthMs: 86_400_000, grainMs: 600_000 };
    const window = new LimitWindow(day, 0);
    window.observe(0, 5000, 5000);
    for (let i = 0; i < 5000; i++) window.add(i * 1000);
    assert.ok(window.state.uses.length < 10);
    const free = window.freeAt(5_000_000);
    assert.ok(free >= 86_400_000 && free <= 86_400_000 + 600_000);
  });

  it('goes on from what was kept, also after the clock was set back', () => {
    const window = new LimitWindow(short, 0);
    window.add(0);
    window.observe(0, 1, 0);
    const state = JSON.parse(JSON.stringify(window.state)) as typeof window.state;
    assert.equal(new LimitWindow(short, 10, state).freeAt(10), 30_000);
    assert.equal(new LimitWindow(short, -3_600_000, state).freeAt(-3_600_000), -3_600_000 + 30_000);
  });
});
