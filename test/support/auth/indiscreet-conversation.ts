import type { TestChat } from '../chat/test-chat.js';

/** A text that the database of the log suites refuses, by a constraint that each of them adds. */
export const POISON = 'poisonous message body';
export const POISON_CONSTRAINT = `alter table chat.messages add constraint no_poison check (text not like '${POISON}%')`;

/** Every part of a token by itself: a log of the claims alone would tell enough. */
function partsOf(token: string): string[] {
  return [token, ...token.split('.').filter((part) => part.length > 8)];
}

/**
 * Plays everything in which a token or a text could find its way into a log: connections in every place of the token,
 * refused ones, a marketplace that fails, refreshes, good and bad messages, a command that the database refuses.
 *
 * @returns what must not be in the log
 */
export async function converseIndiscreetly(chat: TestChat): Promise<string[]> {
  const { marketplace } = chat;
  const tokens: string[] = [];
  const texts: string[] = [];
  const token = (...options: Parameters<typeof marketplace.token>): string => {
    const made = marketplace.token(...options);
    tokens.push(made);
    return made;
  };
  const text = (words: string): string => {
    texts.push(words);
    return words;
  };

  const clients = (['auth', 'query', 'header'] as const).flatMap((tokenIn) =>
    (['polling', 'websocket'] as const).map((transport) =>
      chat.dial({ token: token({ userId: 123 }), tokenIn, transports: [transport] }),
    ),
  );
  await Promise.all(clients.map((client) => client.event('connection:success')));
  const [buyer] = clients;
  if (buyer === undefined) {
    throw new Error('nobody connected');
  }

  for (const tokenIn of ['auth', 'query', 'header'] as const) {
    await chat.dial({ token: token({ userId: 123, secret: 'somebody else' }), tokenIn }).disconnected();
    await chat.dial({ token: token({ userId: 123, expiresInSeconds: -1 }), tokenIn }).disconnected();
    await chat.dial({ token: `${token({ userId: 123 })}-cut-off`, tokenIn }).disconnected();
  }
  for (const behaviour of [401, 500, 'malformed-json', 'nobody', 'reset', 'hang'] as const) {
    marketplace.authMe = behaviour;
    await chat.dial({ token: token({ userId: 123 }) }).disconnected();
    await buyer.failure('auth:refresh-token', { token: token({ userId: 123 }) });
    marketplace.release();
  }
  await buyer.get('auth:refresh-token', { token: token({ userId: 123 }) });
  await buyer.failure('auth:refresh-token', { token: token({ userId: 456 }) });

  for (const path of ['/health/live', '/health/ready', '/nowhere']) {
    await fetch(`${chat.url()}${path}?token=${token()}`, {
      headers: { Authorization: `Bearer ${token()}`, Cookie: `session=${token()}` },
    });
  }

  const { id: chatId } = await buyer.get('chat:create', { buyerId: 123, sellerId: 456 });
  await buyer.get('message:send', { chatId, text: text('good message body'), clientMessageId: 'once' });
  await buyer.failure('message:send', { chatId, text: text('another body of the same key'), clientMessageId: 'once' });
  await buyer.failure('message:send', { chatId, text: `${text('overlong message body')}${'!'.repeat(5_000)}` });
  await buyer.failure('message:send', { chatId, text: `${text('message body with NUL')}\u0000` });
  await buyer.failure('message:send', { text: text('message body without chat') });
  await buyer.failure('message:send', text('message body in place of the payload'));
  await buyer.failure('message:shout', { text: text('message body of an unknown event') });
  await buyer.failure(text('message body in place of the event'));
  await buyer.failure(token(), { token: token() });

  const poisoned = await buyer.failure('message:send', { chatId, text: text(`${POISON} 1`) });
  if (poisoned.code !== 'INTERNAL') {
    throw new Error(`the database should have refused the message; the answer was ${poisoned.code}`);
  }
  // Beside good ones, so that the batch is halved first.
  await Promise.all(
    [2, 3, 4].map((index) => buyer.askRaw('message:send', { chatId, text: text(`${POISON} ${index}`) })),
  );
  await buyer.get('message:send', { chatId, text: text('last message body') });
  await buyer.get('chat:history', { chatId });

  return [...new Set([marketplace.secret, POISON, ...texts, ...tokens.flatMap(partsOf)])];
}
