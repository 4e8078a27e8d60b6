import { Injectable } from '@nestjs/common';
import {
  type Chat,
  type ChatError,
  type ChatSettings,
  type EventPayload,
  type Message,
  toWireId,
  type Visibility,
} from '../contract/index.js';
import type { ChatNamespace, ChatSocket } from './chat-socket.js';
import { chatRoom, closedRoom, userRoom } from './rooms.js';

/**
 * Former members whose sockets may still be in a chat's room. Every event to the room takes them, so that none forgets
 * them; who emits asks the chat's audience.
 */
type Removed = readonly string[];

/** What other instances have told of their sockets. */
export interface OtherInstances {
  mayHaveUnjoinedElsewhere(userId: string, chatId: string): boolean;
}

/** Between instances: a user was cut off, look now. Answered when that is done. */
const CUT = 'sessions:cut';
/** Between instances: connections were opened that give way to nobody older. */
const SOLE = 'connections:sole';

/** A connection, opened on some instance, of which there may be one for its key: the one with the highest number, then id. */
export interface SoleClaim {
  key: string;
  number: number;
  id: string;
}

/**
 * Who receives what: every emit of the service stands here. To rooms, which reach all instances, except where one
 * socket is answered.
 */
@Injectable()
export class Delivery {
  private namespace: ChatNamespace | null = null;
  private elsewhere: OtherInstances | null = null;

  /** @param elsewhere what is known of the other instances; `null` where there is only this one */
  attach(namespace: ChatNamespace, elsewhere: OtherInstances | null): void {
    this.namespace = namespace;
    this.elsewhere = elsewhere;
  }

  connected(socket: ChatSocket, userId: string, protocol: number): void {
    socket.emit('connection:success', {
      userId: toWireId(userId),
      socketId: socket.id,
      protocol,
      serverTime: new Date().toISOString(),
    });
  }

  /** An expired token is announced in both words: old clients take `auth:token-expired` as the call to log in again. */
  refused(socket: ChatSocket, { code, message }: ChatError): void {
    if (code === 'TOKEN_EXPIRED') {
      socket.emit('auth:token-expired', { error: message, code });
    }
    socket.emit('auth:error', { error: message, code });
  }

  /** The sockets of a user on this instance. */
  socketsHere(userId: string): ChatSocket[] {
    const { adapter, sockets } = this.attached();
    return [...(adapter.rooms.get(userRoom(userId)) ?? [])].flatMap((id) => sockets.get(id) ?? []);
  }

  /**
   * Asks the other instances to look for cuts; resolves when all have.
   *
   * @throws Error when one has not said so within five seconds
   */
  async tellCut(): Promise<void> {
    if (this.elsewhere !== null) {
      await this.attached().serverSideEmitWithAck(CUT);
    }
  }

  /** Hears that another instance asks to look for cuts. */
  onCutElsewhere(look: () => Promise<void>): void {
    this.attached().on(CUT, (looked: () => void) => {
      // One that could not look says nothing: the other one tells its log, and this one looks again by itself.
      look().then(looked, () => undefined);
    });
  }

  /** Tells the other instances of connections that were opened here. Where Redis is away, nobody hears of them. */
  tellSole(claims: readonly SoleClaim[]): void {
    if (this.elsewhere !== null) {
      this.attached().serverSideEmit(SOLE, claims);
    }
  }

  onSoleElsewhere(hear: (claims: readonly SoleClaim[]) => void): void {
    this.attached().on(SOLE, hear);
  }

  tokenExpired(socket: ChatSocket): void {
    socket.emit('auth:token-expired', { error: 'Token expired', code: 'TOKEN_EXPIRED' });
  }

  commandFailed(socket: ChatSocket, event: string, { code, message }: ChatError): void {
    socket.emit('error', { code, message, event });
  }

  onlineUsers(socket: ChatSocket, payload: EventPayload<'users:online'>): void {
    socket.emit('users:online', payload);
  }

  messageNew(message: Message, removed: Removed): void {
    this.inChat(message.chatId, removed).emit('message:new', message);
  }

  messageUpdated(message: Message, removed: Removed): void {
    this.inChat(message.chatId, removed).emit('message:updated', message);
  }

  messageDeleted(message: Message, removed: Removed): void {
    this.inChat(message.chatId, removed).emit('message:deleted', message);
  }

  messageReaction(
    { id: messageId, chatId, seq, rev, reactions }: Message,
    { userId, emoji, added }: { userId: string; emoji: string; added: boolean },
    removed: Removed,
  ): void {
    this.inChat(chatId, removed).emit('message:reaction', {
      chatId,
      messageId,
      seq,
      rev,
      userId: toWireId(userId),
      emoji,
      added,
      reactions,
    });
  }

  /** Whether a user may have sockets that did not join a chat, and so would miss its `message:new`. */
  mayHaveUnjoinedSockets(userId: string, chatId: string): boolean {
    if (this.elsewhere?.mayHaveUnjoinedElsewhere(userId, chatId)) {
      return true;
    }
    const rooms = this.attached().adapter.rooms;
    const joined = rooms.get(chatRoom(chatId));
    for (const socketId of rooms.get(userRoom(userId)) ?? []) {
      if (joined === undefined || !joined.has(socketId)) {
        return true;
      }
    }
    return false;
  }

  messageNotification(userId: string, notification: EventPayload<'message:notification'>): void {
    this.to(userRoom(userId)).except(chatRoom(notification.chatId)).emit('message:notification', notification);
  }

  /** To the chat, and to the member's other devices, which may not have joined it. */
  messageRead(chatId: string, userId: string, seq: number, removed: Removed): void {
    this.inChat(chatId, removed)
      .to(userRoom(userId))
      .emit('message:read', { chatId, userId: toWireId(userId), seq });
  }

  messageDelivered(chatId: string, userId: string, seq: number, removed: Removed): void {
    this.inChat(chatId, removed)
      .to(userRoom(userId))
      .emit('message:delivered', { chatId, userId: toWireId(userId), seq });
  }

  typingStarted(chatId: string, userId: string, expiresInMs: number, removed: Removed): void {
    this.inChat(chatId, removed)
      .except(userRoom(userId))
      .emit('typing:start', { chatId, userId: toWireId(userId), expiresInMs });
  }

  typingStopped(chatId: string, userId: string, removed: Removed): void {
    this.inChat(chatId, removed)
      .except(userRoom(userId))
      .emit('typing:stop', { chatId, userId: toWireId(userId) });
  }

  userOnline(audience: readonly string[], userId: string): void {
    this.toUsers(audience)?.emit('user:online', { userId: toWireId(userId) });
  }

  userOffline(audience: readonly string[], userId: string, lastSeenAt: Date): void {
    this.toUsers(audience)?.emit('user:offline', {
      userId: toWireId(userId),
      lastSeenAt: lastSeenAt.toISOString(),
    });
  }

  /** To all of the user's own sockets. */
  statusUpdated(userId: string, status: Visibility): void {
    this.to(userRoom(userId)).emit('status:updated', { status });
  }

  /** To all of the blocker's own sockets: whom somebody blocks is his affair alone. */
  userBlocked(blockerId: string, blockedId: string): void {
    this.to(userRoom(blockerId)).emit('user:blocked', { userId: toWireId(blockedId) });
  }

  userUnblocked(blockerId: string, blockedId: string): void {
    this.to(userRoom(blockerId)).emit('user:unblocked', { userId: toWireId(blockedId) });
  }

  chatCreated(memberIds: readonly string[], chat: Chat): void {
    this.toUsers(memberIds)?.emit('chat:created', chat);
  }

  /** To a socket that asked for a chat which exists already: old clients learn the chat's id from this event. */
  chatExists(socket: ChatSocket, chat: Chat): void {
    socket.emit('chat:created', chat);
  }

  chatUpdated(memberIds: readonly string[], chat: Chat): void {
    this.toUsers(memberIds)?.emit('chat:updated', chat);
  }

  /** Takes a former member's sockets out of a chat on all instances, and tells them that it is not his any more. */
  memberRemoved(chatId: string, userId: string, by: string): void {
    this.attached().in(userRoom(userId)).socketsLeave(chatRoom(chatId));
    this.to(userRoom(userId)).emit('chat:removed', { chatId, by: toWireId(by) });
  }

  /** The same for this instance alone, which may not have heard of the removal; nothing where it has. */
  memberLeftBehind(chatId: string, userId: string, by: string): void {
    const { rooms } = this.attached().adapter;
    const joined = rooms.get(chatRoom(chatId));
    const own = rooms.get(userRoom(userId));
    if (joined !== undefined && own !== undefined && [...own].some((id) => joined.has(id))) {
      this.attached().local.in(userRoom(userId)).socketsLeave(chatRoom(chatId));
      this.attached()
        .local.to(userRoom(userId))
        .emit('chat:removed', { chatId, by: toWireId(by) });
    }
  }

  /** To all sockets of the user, whichever of them, or none of them, asked for it. */
  chatSettings(userId: string, settings: ChatSettings): void {
    this.to(userRoom(userId)).emit('chat:settings', settings);
  }

  chatClosed(memberIds: readonly string[], chat: Chat): void {
    this.attached().in(chatRoom(chat.id)).socketsJoin(closedRoom(chat.id));
    if (memberIds.length > 0) {
      this.to(memberIds.map(userRoom)).emit('chat:closed', chat);
    }
  }

  chatReopened(memberIds: readonly string[], chat: Chat): void {
    this.attached().in(chatRoom(chat.id)).socketsLeave(closedRoom(chat.id));
    if (memberIds.length > 0) {
      this.to(memberIds.map(userRoom)).emit('chat:reopened', chat);
    }
  }

  /** To the sockets of this instance only: they may have missed events of other instances. */
  syncRequired(spreadMs: number): void {
    this.attached().local.emit('sync:required', { spreadMs });
  }

  /** To all sockets of a chat's members: a message of it may have been stored without being shown. */
  chatSyncRequired(chatId: string, memberIds: readonly string[], removed: Removed, spreadMs: number): void {
    this.inChat(chatId, removed).to(memberIds.map(userRoom)).emit('sync:required', { spreadMs });
  }

  /** To the sockets of this instance, each with its own delay of at most `spreadMs`: together they would be a storm. */
  draining(spreadMs: number): void {
    for (const socket of this.attached().sockets.values()) {
      socket.emit('server:draining', { reconnectInMs: Math.round(Math.random() * spreadMs) });
    }
  }

  /** The sockets that joined a chat, but for those of users who are no members any more. */
  private inChat(chatId: string, removed: Removed): ReturnType<ChatNamespace['to']> {
    const room = this.to(chatRoom(chatId));
    return removed.length === 0 ? room : room.except(removed.map(userRoom));
  }

  /** `null` for nobody: Socket.IO takes an empty list of rooms for everybody. */
  private toUsers(userIds: readonly string[]): ReturnType<ChatNamespace['to']> | null {
    return userIds.length === 0 ? null : this.to(userIds.map(userRoom));
  }

  private to(rooms: string | string[]): ReturnType<ChatNamespace['to']> {
    return this.attached().to(rooms);
  }

  private attached(): ChatNamespace {
    if (this.namespace === null) {
      throw new Error('unable to deliver; the Socket.IO namespace is not attached yet');
    }
    return this.namespace;
  }
}
