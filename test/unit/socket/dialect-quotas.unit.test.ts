import { beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.js';
import { ChatError, type CommandName, type ErrorCode } from '../../../src/contract/index.js';
import { dialectOf } from '../../../src/dialects/catalogue.js';
import { RateLimiter } from '../../../src/rate-limit/rate-limiter.js';
import { DialectQuotas } from '../../../src/socket/dialect-quotas.js';

const MESSAGE = { chatId: '0198c0de-0000-7000-8000-00000000000a', text: 'Hello' };

describe('the messages that a user may send in a dialect', () => {
  let quotas: DialectQuotas;

  beforeEach(() => {
    const config = {
      dialects: { enabled: ['plain-websocket', 'rooms'] },
      rateLimit: { messages: 1_000, commands: 1_000, searches: 1_000, windowSeconds: 10 },
    } as unknown as Config;
    quotas = new DialectQuotas(config, new RateLimiter(config.rateLimit, null));
  });

  interface Sending {
    dialect?: 'plain-websocket' | 'rooms';
    command?: CommandName;
    payload?: unknown;
    /** What comes of a message that is within the quota; default: it is stored. */
    failure?: unknown;
  }

  const send = ({ dialect = 'plain-websocket', command = 'message:send', payload = MESSAGE, failure }: Sending = {}) =>
    quotas.within(dialectOf(dialect), command, '1', async (take) => {
      const taken = await take(payload);
      if (failure !== undefined) {
        throw failure;
      }
      return taken;
    });
  const sendMany = async (count: number, sending: Sending = {}): Promise<void> => {
    for (let n = 0; n < count; n++) {
      await send(sending).catch((thrown: unknown) => expect(thrown).toBe(sending.failure));
    }
  };

  it('are 10 a minute; who sends more is told of them', async () => {
    await sendMany(10);
    await expect(send()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'unable to send message; this dialect takes 10 messages a minute; wait retryAfterMs and send it again',
      retryAfterMs: expect.any(Number),
      details: { messagesPerMinute: 10 },
    });
  });

  it.each(['BLOCKED', 'CHAT_CLOSED', 'CHAT_NOT_FOUND', 'MESSAGE_TOO_LONG', 'VALIDATION_FAILED'] as ErrorCode[])(
    'are not drawn from by what is refused as %s',
    async (code) => {
      await sendMany(20, { failure: new ChatError(code, 'send message', 'it is so') });
      await expect(send()).resolves.toBe(MESSAGE);
    },
  );

  it.each([
    ['the store was out of reach', new ChatError('UNAVAILABLE', 'send message', 'it is so')],
    ['the service failed', new ChatError('INTERNAL', 'send message', 'it is so')],
    ['nobody knows why', new Error('a bug')],
  ])('are drawn from where it may be stored: %s', async (_, failure) => {
    await sendMany(10, { failure });
    await expect(send()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('are no more for who is refused for having sent too many', async () => {
    await sendMany(10);
    await expect(send()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(send()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('do not count other commands, empty messages and other dialects', async () => {
    await sendMany(20, { command: 'typing:start' });
    await sendMany(20, { payload: { ...MESSAGE, text: ' ' } });
    await sendMany(20, { dialect: 'rooms' });
    await expect(send()).resolves.toBe(MESSAGE);
  });
});
