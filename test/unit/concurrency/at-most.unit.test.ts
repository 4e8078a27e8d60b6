import { describe, expect, it } from 'vitest';
import { AtMost } from '../../../src/concurrency/at-most.js';

/** A task that ends when the test says so. */
function task(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return {
    run: () => {
      log.push(name);
      return promise;
    },
    end: () => resolve(name),
    fail: (error: Error) => reject(error),
  };
}

describe('at most two at a time', () => {
  const turns = () => new AtMost({ running: 2, waiting: 2, refusal: () => new Error('too many') });

  it('run; the others follow in their order, as places become free', async () => {
    const log: string[] = [];
    const [one, two, three, four] = ['1', '2', '3', '4'].map((name) => task(log, name)) as [
      ReturnType<typeof task>,
      ReturnType<typeof task>,
      ReturnType<typeof task>,
      ReturnType<typeof task>,
    ];
    const atMost = turns();
    const results = [one, two, three, four].map(({ run }) => atMost.run(run));
    expect(log).toEqual(['1', '2']);

    two.end();
    await results[1];
    await expect.poll(() => log).toEqual(['1', '2', '3']);
    one.end();
    three.end();
    four.end();
    expect(await Promise.all(results)).toEqual(['1', '2', '3', '4']);
    expect(log).toEqual(['1', '2', '3', '4']);
  });

  it('are joined by no more than may wait', async () => {
    const log: string[] = [];
    const tasks = ['1', '2', '3', '4'].map((name) => task(log, name));
    const atMost = turns();
    const results = tasks.map(({ run }) => atMost.run(run));

    await expect(atMost.run(async () => 'one too many')).rejects.toThrow('too many');

    for (const { end } of tasks) {
      end();
    }
    await Promise.all(results);
    expect(await atMost.run(async () => 'room again')).toBe('room again');
  });

  it('make room when they fail, too', async () => {
    const log: string[] = [];
    const tasks = ['1', '2', '3'].map((name) => task(log, name));
    const atMost = turns();
    const results = tasks.map(({ run }) => atMost.run(run));
    tasks[0]?.fail(new Error('broken'));
    await expect(results[0]).rejects.toThrow('broken');
    await expect.poll(() => log).toEqual(['1', '2', '3']);
    tasks[1]?.end();
    tasks[2]?.end();
    expect(await Promise.all(results.slice(1))).toEqual(['2', '3']);
  });
});
