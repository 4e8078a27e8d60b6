import { randomBytes } from 'node:crypto';
import { API_KEY_HEADER, API_PATH } from '../../src/contract/index.js';
import { expect, type Stage, type Step } from './stage.js';

export const SMOKE_API_KEY = randomBytes(32).toString('base64url');

/** Asks the admin API as a server of the marketplace does. */
async function asMarketplace(stage: Stage, path: string, body: object = {}, key = SMOKE_API_KEY): Promise<number> {
  const response = await fetch(`${stage.stack.service.url}${API_PATH}/admin${path}`, {
    method: 'POST',
    headers: { [API_KEY_HEADER]: key },
    body: JSON.stringify(body),
  });
  return response.status;
}

export const adminSteps: readonly Step[] = [
  {
    name: 'the marketplace tells both that the order was shipped; with another key it says nothing',
    async run(stage) {
      const { anna, sam, chat } = stage;
      const post = { text: 'Your order was shipped', code: 'order_shipped', params: { order: 'A-7' } };
      expect((await asMarketplace(stage, `/chats/${chat.id}/messages`, post)) === 201, 'the message was not taken');
      for (const member of [anna, sam]) {
        const { system } = await member.hears('message:new', (message) => message.system?.kind === 'notice');
        expect(system?.kind === 'notice' && system.code === 'order_shipped', 'the message does not tell what happened');
      }
      const refused = await asMarketplace(stage, `/chats/${chat.id}/messages`, post, 'x'.repeat(43));
      expect(refused === 401, `another key was answered ${refused}`);
    },
  },
  {
    name: 'the marketplace closes the chat: nobody can say anything, until it is opened again',
    async run(stage) {
      const { anna, sam, chat } = stage;
      expect((await asMarketplace(stage, `/chats/${chat.id}/close`)) === 200, 'the chat was not closed');
      for (const member of [anna, sam]) {
        await member.hears('chat:closed', ({ id, closedAt }) => id === chat.id && closedAt !== null);
        await member.sendInVain('message:send', { chatId: chat.id, text: 'Hello?' }, 'CHAT_CLOSED');
      }
      expect((await asMarketplace(stage, `/chats/${chat.id}/reopen`)) === 200, 'the chat was not opened again');
      for (const member of [anna, sam]) {
        await member.hears('chat:reopened', ({ id, closedAt }) => id === chat.id && closedAt === null);
      }
    },
  },
];
