import type { ErrorCode } from '../../src/contract/index.js';
import type { Handshake } from './participant.js';
import { ANNA, expect, SAM, type Stage, type Step, TOMAS } from './stage.js';

async function isRefused(stage: Stage, name: string, handshake: Handshake, code: ErrorCode): Promise<void> {
  const visitor = stage.enter(name, handshake);
  await visitor.hears('auth:error', (refusal) => refusal.code === code);
  await visitor.isClosed();
}

export const connectionSteps: readonly Step[] = [
  {
    name: 'the service says that it is ready',
    async run({ stack }) {
      const { status } = await fetch(`${stack.service.url}/health/ready`);
      expect(status === 200, `GET /health/ready answered ${status}`);
    },
  },
  {
    name: 'a connection without a token is told TOKEN_REQUIRED and closed',
    run: (stage) => isRefused(stage, 'nobody', {}, 'TOKEN_REQUIRED'),
  },
  {
    name: 'a connection with a garbage token is told TOKEN_INVALID and closed',
    run: (stage) => isRefused(stage, 'nobody', { auth: { token: 'not-a-token' } }, 'TOKEN_INVALID'),
  },
  {
    name: 'a connection with a forged token is told TOKEN_INVALID and closed',
    async run(stage) {
      const [header, , signature] = (await stage.login(ANNA)).split('.');
      const claims = { sub: String(SAM), exp: Math.floor(Date.now() / 1000) + 900 };
      const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      await isRefused(stage, 'forger', { auth: { token: forged } }, 'TOKEN_INVALID');
    },
  },
  {
    name: 'a connection with an expired token is told TOKEN_EXPIRED and closed',
    async run(stage) {
      const token = stage.stack.marketplace.issueToken(ANNA, -60);
      await isRefused(stage, 'latecomer', { auth: { token } }, 'TOKEN_EXPIRED');
    },
  },
  {
    name: 'Anna, a buyer, connects with auth.token',
    async run(stage) {
      const anna = stage.enter('anna', { auth: { token: await stage.login(ANNA) } });
      await anna.hears('connection:success', ({ userId }) => userId === ANNA);
    },
  },
  {
    name: 'Sam, a seller, connects with query.token',
    async run(stage) {
      const sam = stage.enter('sam', { query: { token: await stage.login(SAM) } });
      await sam.hears('connection:success', ({ userId }) => userId === SAM);
    },
  },
  {
    name: 'Tomas, another buyer, connects with an Authorization header',
    async run(stage) {
      const token = await stage.login(TOMAS);
      const tomas = stage.enter('tomas', { extraHeaders: { authorization: `Bearer ${token}` } });
      await tomas.hears('connection:success', ({ userId }) => userId === TOMAS);
    },
  },
];

export const outageSteps: readonly Step[] = [
  {
    name: 'with the marketplace away, a new token is told AUTH_SERVICE_ERROR',
    async run(stage) {
      const token = await stage.login(ANNA);
      await stage.stack.marketplace.stop();
      await isRefused(stage, 'newcomer', { auth: { token } }, 'AUTH_SERVICE_ERROR');
    },
  },
  {
    name: 'with the marketplace away, those who are connected talk on',
    async run({ anna, sam, chat }) {
      const sent = await anna.send('message:send', { chatId: chat.id, text: 'Is the shop still there?' });
      await sam.hears('message:new', ({ id }) => id === sent.id);
    },
  },
  {
    name: 'a service that goes away says so first',
    async run({ stack, anna, sam }) {
      await Promise.all([
        stack.stopService(),
        anna.hears('server:draining'),
        sam.hears('server:draining'),
        anna.isClosed(),
        sam.isClosed(),
      ]);
    },
  },
];
