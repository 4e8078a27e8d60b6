import { onTestFinished } from 'vitest';

type Method = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/**
 * The next call of a method is carried out, and then fails as if the connection to the database had broken behind the commit. Those
 * after it are as before.
 *
 * @param prototype of a repository
 */
export function loseNextAnswer(prototype: object, method: string): void {
  const original = Reflect.get(prototype, method) as Method;
  const restore = (): void => void Reflect.set(prototype, method, original);
  onTestFinished(restore);
  const failing: Method = async function (...args) {
    restore();
    await original.apply(this, args);
    throw Object.assign(new Error('the connection broke'), { code: '08006' });
  };
  Reflect.set(prototype, method, failing);
}
