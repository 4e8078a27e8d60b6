import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { skippingFails } from '../support/services/source-choice.js';
import { describeWithServices } from '../support/services/test-services.js';
import { type Nginx, nginxBinary, startNginx } from './nginx-process.js';

if (nginxBinary === null && !skippingFails(process.env)) {
  console.warn('The suite of deploy/nginx.conf is skipped: install nginx.');
}

/** Enough that a fair spread over two instances leaves one of them out once in a million runs. */
const MANY = 20;

describe.skipIf(nginxBinary === null && !skippingFails(process.env))('deploy/nginx.conf', () => {
  describeWithServices('in front of two instances', (services) => {
    let chat: TestChat;
    let nginx: Nginx;
    /** For each instance, an address whose clients nginx sends there. */
    let addresses: [string, string];

    beforeAll(async () => {
      if (nginxBinary === null) {
        throw new Error('unable to test deploy/nginx.conf; install nginx');
      }
      chat = await TestChat.start({
        instances: 2,
        env: {
          ...(await serviceEnvironment(services)),
          TRUST_PROXY_HOPS: '1',
        },
      });
      const [one, two] = chat.instances.map(({ port }) => port);
      if (one === undefined || two === undefined) {
        throw new Error('two instances were asked for');
      }
      nginx = await startNginx(nginxBinary, [one, two]);
      addresses = [await addressServedBy(one), await addressServedBy(two)];
    });

    afterAll(async () => {
      await nginx?.stop();
      await chat?.stop();
    });

    /** The log entries of an address, once there are at least `count`: nginx writes one when its request has ended. */
    async function requestsOf(address: string, count = 1) {
      return vi.waitFor(
        () => {
          const requests = nginx.accessLog().filter(({ client }) => client === address);
          expect(requests.length).toBeGreaterThanOrEqual(count);
          return requests;
        },
        { timeout: 5_000 },
      );
    }

    async function addressServedBy(port: number): Promise<string> {
      for (let host = 1; host < 255; host += 1) {
        const address = `198.51.100.${host}`;
        await fetch(`${nginx.url}/health/live`, { headers: { 'x-forwarded-for': address } });
        if ((await requestsOf(address)).some(({ upstreamPort }) => upstreamPort === port)) {
          return address;
        }
      }
      throw new Error('nginx sends all addresses to one instance');
    }

    function through(address: string, transports?: ('polling' | 'websocket')[]) {
      return { url: nginx.url, headers: { 'x-forwarded-for': address }, ...(transports && { transports }) };
    }

    it('carries a conversation between clients that start with polling, upgrade, and sit on different instances', async () => {
      const buyer = await chat.connect(1, through(addresses[0], ['polling', 'websocket']));
      const seller = await chat.connect(2, through(addresses[1], ['polling', 'websocket']));
      const transports = () => [buyer, seller].map(({ socket }) => socket.io.engine.transport.name);
      await vi.waitFor(() => expect(transports()).toEqual(['websocket', 'websocket']), { timeout: 5_000 });

      const { id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 });
      await seller.get('chat:join', { chatId });
      const sent = await buyer.get('message:send', { chatId, text: 'through the balancer' });

      expect(await seller.event('message:new')).toEqual(sent);
    });

    it('keeps every request of a polling session on the instance that opened it', async () => {
      const address = '203.0.113.7';
      const client = await chat.connect(3, through(address, ['polling']));
      for (let round = 0; round < 5; round += 1) {
        await client.get('users:online', {});
      }
      client.close();

      const requests = await requestsOf(address, 10);
      expect(new Set(requests.map(({ upstreamPort }) => upstreamPort)).size).toBe(1);
      expect(new Set(requests.map(({ status }) => status))).toEqual(new Set([200]));
    });

    it('knows a client by its own address behind further proxies, whichever of them calls', async () => {
      const address = '203.0.113.8';
      for (let proxy = 1; proxy <= MANY; proxy += 1) {
        await fetch(`${nginx.url}/health/live`, { headers: { 'x-forwarded-for': `${address}, 192.0.2.${proxy}` } });
      }

      const requests = await requestsOf(address, MANY);
      expect(new Set(requests.map(({ upstreamPort }) => upstreamPort)).size).toBe(1);
    });

    it('spreads clients that start as WebSockets over the instances, though they share an address', async () => {
      const address = '203.0.113.9';
      for (let opened = 0; opened < MANY; opened += 1) {
        (await chat.connect(4, through(address, ['websocket']))).close();
      }

      const requests = await requestsOf(address, MANY);
      expect(new Set(requests.map(({ status }) => status))).toEqual(new Set([101]));
      expect(new Set(requests.map(({ upstreamPort }) => upstreamPort)).size).toBe(2);
    });

    it('writes no token into its log', async () => {
      const address = '203.0.113.10';
      const token = chat.marketplace.token({ userId: 5 });
      const client = chat.dial({ token, tokenIn: 'query', ...through(address, ['polling']) });
      await client.event('connection:success');
      client.close();
      await requestsOf(address, 2);

      expect(nginx.rawLog()).not.toContain(token);
      expect(nginx.rawLog()).not.toContain('?');
    });

    it('keeps metrics to the instances', async () => {
      expect((await fetch(`${nginx.url}/metrics`)).status).toBe(404);
    });

    it('takes the clients of an instance that is gone to the other one', async () => {
      await chat.instances[0]?.stop();

      const client = await chat.connect(6, through(addresses[0], ['polling', 'websocket']));

      expect(await client.get('users:online', {})).toEqual({ userIds: [] });
      client.close();
      const ports = (await requestsOf(addresses[0])).map(({ upstreamPort }) => upstreamPort);
      expect(ports.at(-1)).toBe(chat.instances[1]?.port);
    });
  });
});
