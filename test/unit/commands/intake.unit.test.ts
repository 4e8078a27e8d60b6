import { describe, expect, it } from 'vitest';
import { Intake } from '../../../src/commands/intake.js';

describe('the intake of an instance', () => {
  it('is open until it is closed, and then refuses as retryable', () => {
    const intake = new Intake();
    expect(() => intake.requireOpen('send message')).not.toThrow();

    void intake.close();

    expect(intake.isClosed).toBe(true);
    expect(() => intake.requireOpen('send message')).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringMatching(/^unable to send message; /) }),
    );
  });

  it('closes at once where nothing is under way', async () => {
    await expect(new Intake().close()).resolves.toBeUndefined();
  });

  it('waits for all that began before, to whoever closes it', async () => {
    const intake = new Intake();
    const order: string[] = [];
    intake.begin();
    intake.begin();
    const closed = [intake.close(), intake.close()].map((done) => done.then(() => order.push('closed')));

    intake.end();
    await Promise.resolve();
    order.push('one ended');
    intake.end();
    await Promise.all(closed);

    expect(order).toEqual(['one ended', 'closed', 'closed']);
  });
});
