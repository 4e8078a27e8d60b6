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
