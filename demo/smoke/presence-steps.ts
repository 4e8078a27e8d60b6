import { ANNA, expect, SAM, type Step } from './stage.js';

export const presenceSteps: readonly Step[] = [
  {
    name: 'users:online names contacts only: by ack, and as an event without one',
    async run({ anna, tomas }) {
      const { userIds } = await anna.send('users:online', undefined);
      expect(userIds.join() === String(SAM), `Anna's online contacts are ${userIds.join(', ') || 'none'}`);
      anna.tell('users:online');
      const event = await anna.hears('users:online');
      expect(event.userIds.join() === String(SAM), 'the event says otherwise');
      const ofStranger = await tomas.send('users:online', { userIds: [ANNA, SAM] });
      expect(ofStranger.userIds.length === 0, 'a stranger can see who is online');
    },
  },
  {
    name: 'Sam goes and comes back; Anna sees it, Tomas does not',
    async run(stage) {
      const { anna, tomas, chat } = stage;
      stage.sam.leave();
      await anna.hears('user:offline', ({ userId }) => userId === SAM);
      const sam = stage.enter('sam', { auth: { token: await stage.login(SAM) } });
      await sam.hears('connection:success');
      await anna.hears('user:online', ({ userId }) => userId === SAM);
      await sam.send('chat:join', { chatId: chat.id });
      expect(tomas.unheard('user:online') + tomas.unheard('user:offline') === 0, 'presence leaked to a stranger');
    },
  },
];

export const peopleSteps: readonly Step[] = [
  {
    name: 'Sam vanishes and shows himself again; Anna sees only that, and when she saw him last',
    async run({ anna, sam }) {
      const before = await anna.send('user:status', { userId: SAM });
      expect(before.online && before.lastSeenAt === null, 'Sam is not online');
      await sam.send('status:update', { status: 'invisible' });
      await sam.hears('status:updated', ({ status }) => status === 'invisible');
      const { lastSeenAt } = await anna.hears('user:offline', ({ userId }) => userId === SAM);
      const vanished = await anna.send('user:status', { userId: SAM });
      expect(!vanished.online && vanished.lastSeenAt === lastSeenAt, 'Anna still sees him');
      await sam.send('status:update', { status: 'online' });
      await anna.hears('user:online', ({ userId }) => userId === SAM);
    },
  },
  {
    name: 'Anna blocks Sam: neither can write, and Sam sees her go; then she takes it back',
    async run({ anna, sam, chat }) {
      await anna.send('user:block', { userId: SAM });
      await anna.hears('user:blocked', ({ userId }) => userId === SAM);
      const { users } = await anna.send('users:blocked', {});
      expect(users.length === 1 && users[0]?.userId === SAM, 'the list of blocked users is wrong');
      await sam.hears('user:offline', ({ userId }) => userId === ANNA);
      await sam.sendInVain('message:send', { chatId: chat.id, text: 'Why?' }, 'BLOCKED');
      await anna.sendInVain('message:send', { chatId: chat.id, text: 'Because.' }, 'BLOCKED');
      await anna.send('user:unblock', { userId: SAM });
      await anna.hears('user:unblocked', ({ userId }) => userId === SAM);
      await sam.hears('user:online', ({ userId }) => userId === ANNA);
      const sent = await sam.send('message:send', { chatId: chat.id, text: 'Shall we pay outside the marketplace?' });
      await anna.hears('message:new', ({ id }) => id === sent.id);
    },
  },
  {
    name: 'Anna reports what Sam wrote, twice: it is one report',
    async run({ anna, sam, chat }) {
      const { messages } = await anna.send('chat:history', { chatId: chat.id, limit: 1 });
      const report = { chatId: chat.id, messageId: messages[0]?.id ?? '', reason: 'fraud' } as const;
      const first = await anna.send('message:report', report);
      const second = await anna.send('message:report', { ...report, comment: 'really' });
      expect(JSON.stringify(first) === JSON.stringify(second), 'the second report is another one');
      await sam.sendInVain('message:report', report, 'FORBIDDEN');
    },
  },
  {
    name: 'Anna finds the message by its words; Tomas does not',
    async run({ anna, tomas, chat }) {
      const query = 'pay "outside the marketplace"';
      const found = await anna.finds(query);
      const [word] = found.highlights;
      expect(found.message.chatId === chat.id && word !== undefined, 'the words are not shown');
      expect(found.message.text.slice(word.start, word.start + word.length) === 'pay', 'another word is shown');
      const { results } = await tomas.send('message:search', { query });
      expect(results.length === 0, 'a stranger finds it too');
    },
  },
];

export const badInputSteps: readonly Step[] = [
  {
    name: 'failures are answered by ack, and as the event error without one',
    async run({ anna, chat }) {
      await anna.sendInVain('message:send', { chatId: chat.id, text: '  ' }, 'MESSAGE_EMPTY');
      await anna.sendInVain('message:send', { chatId: 'no uuid', text: 'hello' }, 'CHAT_NOT_FOUND');
      await anna.sendInVain('chat:history', { chatId: chat.id, limit: 0 }, 'VALIDATION_FAILED');
      await anna.sendInVain('no:such:command', {}, 'UNKNOWN_EVENT');
      anna.tell('message:send', { chatId: chat.id, text: '  ' });
      await anna.hears('error', ({ code, event }) => code === 'MESSAGE_EMPTY' && event === 'message:send');
    },
  },
];
