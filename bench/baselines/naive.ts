/**
 * Baseline (b): the gateway as such services are usually written. Nest's stock adapter and decorators, a token
 * checked on connect, and per message a membership SELECT and an INSERT on a pool. `NAIVE_INSERT=locked` numbers
 * the messages of a chat under a row lock; `plain` leaves them unnumbered.
 */
import 'reflect-metadata';
import { Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from '@nestjs/websockets';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';
import type { Namespace, Socket } from 'socket.io';
import {
  createChat,
  createNaiveSchema,
  type InsertMessage,
  insertLocked,
  insertPlain,
  isMember,
} from './naive-store.js';
import { socketOptions } from './socket-options.js';

const POOL = Symbol('pool');
const INSERT = Symbol('insert');
const secret = process.env.JWT_SECRET ?? '';

@WebSocketGateway({ namespace: '/chat', ...socketOptions })
class NaiveGateway implements OnGatewayConnection {
  @WebSocketServer()
  private readonly server!: Namespace;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(INSERT) private readonly insert: InsertMessage,
  ) {}

  handleConnection(socket: Socket): void {
    try {
      const claims = jwt.verify(String(socket.handshake.auth.token), secret, { algorithms: ['HS256'] });
      socket.data.userId = String(claims.sub);
    } catch {
      socket.disconnect(true);
    }
  }

  @SubscribeMessage('chat:create')
  async create(@MessageBody() body: { buyerId: number; sellerId: number }) {
    return { success: true, data: { id: await createChat(this.pool, [String(body.buyerId), String(body.sellerId)]) } };
  }

  @SubscribeMessage('chat:join')
  async join(@ConnectedSocket() socket: Socket, @MessageBody() body: { chatId: string }) {
    await this.demandMember(socket, body.chatId);
    await socket.join(body.chatId);
    return { success: true };
  }

  @SubscribeMessage('message:send')
  async send(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: { chatId: string; text: string; clientMessageId?: string },
  ) {
    await this.demandMember(socket, body.chatId);
    const row = await this.insert(this.pool, {
      chatId: body.chatId,
      senderId: String(socket.data.userId),
      text: body.text,
      clientMessageId: body.clientMessageId ?? null,
    });
    const message = {
      id: row.id,
      chatId: row.chat_id,
      seq: row.seq,
      senderId: row.sender_id,
      text: row.text,
      clientMessageId: row.client_message_id,
      createdAt: row.created_at,
    };
    this.server.to(body.chatId).emit('message:new', message);
    return { success: true, data: message };
  }

  private async demandMember(socket: Socket, chatId: string): Promise<void> {
    if (!(await isMember(this.pool, chatId, String(socket.data.userId)))) {
      throw new WsException('not a member');
    }
  }
}

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await createNaiveSchema(pool);

@Module({
  providers: [
    NaiveGateway,
    { provide: POOL, useValue: pool },
    { provide: INSERT, useValue: process.env.NAIVE_INSERT === 'locked' ? insertLocked : insertPlain },
  ],
})
class NaiveModule {}

const app = await NestFactory.create(NaiveModule, { logger: ['error'] });
app.useWebSocketAdapter(new IoAdapter(app));
await app.listen(Number(process.env.PORT), '127.0.0.1');
/** A plain exit, so that `--cpu-prof` gets to write its file. */
process.once('SIGTERM', () => process.exit(0));
