import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { Server } from 'socket.io';
import { type Socket as ClientSocket, io } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatNamespace, ChatSocket } from '../../../src/delivery/chat-socket.js';
import type { Dialect, Facts } from '../../../src/dialects/dialect.js';
import { silent, type Vocabulary } from '../../../src/dialects/vocabulary.js';
import type { FactFinder } from '../../../src/translation/facts.js';
import { Speech } from '../../../src/translation/speech.js';
import { everyEvent, message } from '../../support/dialects/every-event.js';
import { anyFacts } from '../../support/dialects/map-probe.js';

/** What stands for facts that are looked up: whoever holds one decides when they are there. */
type Found = Facts | Promise<Facts>;

describe('clients of a dialect among others', () => {
  let server: Server;
  let namespace: ChatNamespace;
  let speech: Speech;
  let url: string;
  let clients: ClientSocket[];
  let translated: string[];
  let findFacts: () => Found;

  const dialect: Dialect = {
    wire: 'events',
    numbered: true,
    tellsProfiles: true,
    loginAfterConnect: false,
    read: () => ({ kind: 'say', words: [] }),
    vocabulary: new Proxy({} as Vocabulary, {
      get: (_, name: string) =>
        name === 'message:delivered'
          ? silent('nobody asks')
          : () => {
              translated.push(name);
              return [{ event: `said:${name}`, args: [translated.length] }];
            },
    }),
  };

  beforeEach(async () => {
    Logger.overrideLogger(false);
    translated = [];
    clients = [];
    findFacts = () => anyFacts;
    speech = new Speech({ about: () => findFacts() } as unknown as FactFinder);
    const http = createServer();
    server = new Server(http);
    namespace = server.of('/chat') as unknown as ChatNamespace;
    namespace.use((socket, next) => {
      if (socket.handshake.auth.dialect === true) {
        speech.begin(socket, dialect);
      }
      next();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/chat`;
  });
  afterEach(async () => {
    for (const client of clients) {
      client.disconnect();
    }
    await server.close();
    Logger.overrideLogger(new ConsoleLogger());
  });

  /** A client, what it heard, and its socket in the server. */
  async function connect(
    speaksDialect: boolean,
    transports: string[] = ['websocket'],
  ): Promise<{ heard: unknown[][]; socket: ChatSocket; client: ClientSocket }> {
    const client = io(url, { forceNew: true, reconnection: false, transports, auth: { dialect: speaksDialect } });
    clients.push(client);
    const heard: unknown[][] = [];
    client.onAny((...event: unknown[]) => heard.push(event));
    const [socket] = await Promise.all([
      new Promise<ChatSocket>((resolve) => namespace.once('connection', resolve)),
      new Promise<void>((resolve) => client.once('connect', resolve)),
    ]);
    return { heard, socket, client };
  }

  it('hear its words once for all, and no canonical ones; the others hear canonical ones alone', async () => {
    const [one, two, polling] = [await connect(true), await connect(true), await connect(true, ['polling'])];
    const canonical = await connect(false);

    namespace.emit('message:new', message);

    await expect
      .poll(() => [one, two, polling].map(({ heard }) => heard))
      .toEqual([[['said:message:new', 1]], [['said:message:new', 1]], [['said:message:new', 1]]]);
    await expect.poll(() => canonical.heard).toEqual([['message:new', message]]);
    expect(translated).toEqual(['message:new']);
  });

  it('hear one payload under two names as two things', async () => {
    const { heard } = await connect(true);
    namespace.emit('message:updated', message);
    namespace.emit('message:deleted', message);
    await expect
      .poll(() => heard)
      .toEqual([
        ['said:message:updated', 1],
        ['said:message:deleted', 2],
      ]);
  });

  it('hear everything in its order, also what had to be looked up', async () => {
    const { heard, socket } = await connect(true);
    const late = Promise.withResolvers<Facts>();
    findFacts = () => late.promise;
    namespace.emit('message:new', message);
    findFacts = () => anyFacts;
    namespace.emit('typing:stop', everyEvent['typing:stop']);
    speech.say(socket, [{ event: 'answer', args: [] }]);
    await expect.poll(() => translated).toEqual(['typing:stop']);
    late.resolve(anyFacts);
    await expect.poll(() => heard.map(([event]) => event)).toEqual(['said:message:new', 'said:typing:stop', 'answer']);
  });

  it('are cut where something could not be looked up, and none of the others', async () => {
    const [listener, other] = [await connect(true), await connect(false)];
    findFacts = () => Promise.reject(new Error('the database is away'));
    namespace.emit('message:new', message);
    await expect.poll(() => listener.client.connected).toBe(false);
    await expect.poll(() => other.heard).toHaveLength(1);
    expect(other.client.connected).toBe(true);
  });

  it('hear at once what is said of their connection, also while something is looked up', async () => {
    const { heard, socket } = await connect(true);
    findFacts = () => new Promise(() => undefined);
    namespace.emit('message:new', message);
    findFacts = () => anyFacts;
    socket.emit('auth:error', everyEvent['auth:error']);
    socket.disconnect(true);
    await expect.poll(() => heard).toEqual([['said:auth:error', 1]]);
  });

  it('may leave and come again on one transport, in other words', async () => {
    const client = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], auth: { dialect: true } });
    clients.push(client);
    // Keeps the transport open.
    const other = client.io.socket('/');
    clients.push(other);
    const heard: unknown[][] = [];
    client.onAny((...event: unknown[]) => heard.push(event));
    await vi.waitFor(() => expect([client.connected, other.connected]).toEqual([true, true]));
    const { id: transport } = client.io.engine;
    for (const dialect of [true, false]) {
      client.disconnect();
      await expect.poll(() => namespace.sockets.size).toBe(0);
      client.auth = { dialect };
      client.connect();
      await expect.poll(() => client.connected).toBe(true);
      heard.length = 0;
      namespace.emit('message:new', message);
      await expect.poll(() => heard).toEqual([dialect ? ['said:message:new', 1] : ['message:new', message]]);
    }
    expect(client.io.engine.id).toBe(transport);
  });

  it('cost nothing where their dialect is silent', async () => {
    const { heard } = await connect(true);
    findFacts = () => {
      throw new Error('somebody asks for facts');
    };
    namespace.emit('message:delivered', everyEvent['message:delivered']);
    findFacts = () => anyFacts;
    namespace.emit('message:new', message);
    await expect.poll(() => heard).toEqual([['said:message:new', 1]]);
  });

  it('have their acks as they are', async () => {
    const { socket, client } = await connect(true);
    socket.use((packet: unknown[]) => {
      const ack = packet.at(-1);
      if (typeof ack === 'function') {
        ack({ success: true, data: null });
      }
    });
    expect(await client.timeout(5_000).emitWithAck('anything')).toEqual({ success: true, data: null });
  });

  it('leave the others without a listener', async () => {
    const { socket } = await connect(false);
    expect(socket.listenersAnyOutgoing()).toEqual([]);
  });
});
