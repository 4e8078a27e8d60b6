import { chatOfRoom, chatRoom, userOfRoom, userRoom } from '../delivery/rooms.js';

type Rooms = ReadonlyMap<string, ReadonlySet<string>>;

/** Said of a user and a chat by an instance on which all of the user's sockets joined the chat. */
export const coverage = (userId: string, chatId: string): string => `covered:${chatId}:${userId}`;

/**
 * Watches which users have joined which chats with all of their sockets on this instance. Other instances then know that
 * a message notification would reach nobody here, and neither count unread messages nor publish it.
 */
export class JoinCoverage {
  private readonly userOfSocket = new Map<string, string>();
  private readonly covered = new Map<string, Set<string>>();

  /** @param rooms the adapter's own maps, read at each change */
  constructor(
    private readonly rooms: Rooms,
    private readonly roomsOfSocket: Rooms,
    private readonly announce: (interest: string, wanted: boolean) => void,
  ) {}

  joined(room: string, socketId: string): void {
    const user = userOfRoom(room);
    if (user !== null) {
      this.userOfSocket.set(socketId, user);
      // The new socket has joined no chat yet.
      this.uncoverAll(user);
      return;
    }
    const chat = chatOfRoom(room);
    const owner = this.userOfSocket.get(socketId);
    if (chat !== null && owner !== undefined && this.allJoined(owner, chat)) {
      this.cover(owner, chat);
    }
  }

  left(room: string, socketId: string): void {
    const chat = chatOfRoom(room);
    const owner = this.userOfSocket.get(socketId);
    if (owner === undefined) {
      return;
    }
    if (chat !== null) {
      this.uncover(owner, chat);
    } else if (userOfRoom(room) !== null) {
      this.userOfSocket.delete(socketId);
      this.coverAgain(owner);
    }
  }

  /** A socket has gone: the chats that only it had not joined are covered now, those that only it had joined are not. */
  private coverAgain(userId: string): void {
    this.uncoverAll(userId);
    const [first] = this.rooms.get(userRoom(userId)) ?? [];
    for (const room of (first === undefined ? undefined : this.roomsOfSocket.get(first)) ?? []) {
      const chat = chatOfRoom(room);
      if (chat !== null && this.allJoined(userId, chat)) {
        this.cover(userId, chat);
      }
    }
  }

  private allJoined(userId: string, chatId: string): boolean {
    const joined = this.rooms.get(chatRoom(chatId));
    for (const socketId of this.rooms.get(userRoom(userId)) ?? []) {
      if (joined === undefined || !joined.has(socketId)) {
        return false;
      }
    }
    return true;
  }

  private cover(userId: string, chatId: string): void {
    const chats = this.covered.get(userId) ?? new Set<string>();
    if (!chats.has(chatId)) {
      chats.add(chatId);
      this.covered.set(userId, chats);
      this.announce(coverage(userId, chatId), true);
    }
  }

  private uncover(userId: string, chatId: string): void {
    const chats = this.covered.get(userId);
    if (chats?.delete(chatId)) {
      this.announce(coverage(userId, chatId), false);
      if (chats.size === 0) {
        this.covered.delete(userId);
      }
    }
  }

  private uncoverAll(userId: string): void {
    for (const chatId of [...(this.covered.get(userId) ?? [])]) {
      this.uncover(userId, chatId);
    }
  }
}
