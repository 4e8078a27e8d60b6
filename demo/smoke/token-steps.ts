import { ANNA, expect, SAM, type Stage, type Step } from './stage.js';

/** Short, yet long enough to connect in: the claim counts whole seconds, so one of these three may be nearly over. */
const SHORT_LIFE_SECONDS = 3;

const PHONE = 'anna-phone';

/** A second connection of Anna's, whose token ends while she is on it. */
async function expiringConnection(stage: Stage) {
  const token = stage.stack.marketplace.issueToken(ANNA, SHORT_LIFE_SECONDS);
  const phone = stage.enter(PHONE, { auth: { token } });
  await phone.hears('connection:success');
  await phone.hears('auth:token-expired', ({ code }) => code === 'TOKEN_EXPIRED');
  return phone;
}

export const tokenSteps: readonly Step[] = [
  {
    name: 'a token ends on an open connection: told, refused, refreshed in place, and on it goes',
    async run(stage) {
      const { chat } = stage;
      const phone = await expiringConnection(stage);
      await phone.sendInVain('chat:join', { chatId: chat.id }, 'TOKEN_EXPIRED');
      await phone.sendInVain('auth:refresh-token', { token: await stage.login(SAM) }, 'TOKEN_USER_MISMATCH');
      await phone.sendInVain('auth:refresh-token', { token: 'not-a-token' }, 'TOKEN_INVALID');
      const { userId, expiresAt } = await phone.send('auth:refresh-token', { token: await stage.login(ANNA) });
      expect(userId === ANNA, `the refreshed session is of ${userId}`);
      expect(Date.parse(expiresAt) > Date.now() + 60_000, 'the new token changed nothing');
      await phone.send('chat:join', { chatId: chat.id });
      phone.leave();
    },
  },
];
