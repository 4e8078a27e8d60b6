import { RedisAdapter } from '@socket.io/redis-adapter';
import type { BroadcastOptions, Room, SocketId } from 'socket.io-adapter';
import { chatOfRoom, userOfRoom, userRoom } from '../delivery/rooms.js';
import type { ClusterLink } from './cluster-link.js';
import { coverage, JoinCoverage } from './join-coverage.js';

type Namespace = ConstructorParameters<typeof RedisAdapter>[0];
type Packet = Parameters<RedisAdapter['broadcast']>[0];

/**
 * The Redis adapter, spoken to over a {@link ClusterLink}: an event leaves this instance only for those that hold sockets
 * of its rooms.
 */
export class ClusterAdapter extends RedisAdapter {
  constructor(
    namespace: Namespace,
    private readonly link: ClusterLink,
    prefix: string,
  ) {
    super(namespace, link.publisher, link.subscriber, { key: prefix });
    const joins = new JoinCoverage(this.rooms, this.sids, (interest, wanted) => link.announce(interest, wanted));
    this.on('create-room', (room: Room) => this.announce(room, true));
    this.on('delete-room', (room: Room) => this.announce(room, false));
    this.on('join-room', (room: Room, socketId: SocketId) => joins.joined(room, socketId));
    this.on('leave-room', (room: Room, socketId: SocketId) => joins.left(room, socketId));
  }

  override broadcast(packet: Packet, options: BroadcastOptions): void {
    const peers = options.flags?.local ? [] : this.link.concerned(options.rooms);
    if (peers.length === 0) {
      super.broadcast(packet, { ...options, flags: { ...options.flags, local: true } });
    } else {
      this.link.direct(peers, () => super.broadcast(packet, options));
    }
  }

  /** Resolves when the other instances know that the room has a socket here: from then on nothing of it is missed. */
  override addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    void super.addAll(id, rooms);
    return this.link.settled();
  }

  /** Resolves when the other instances know, so that they do not take the socket for joined any more. */
  override del(id: SocketId, room: Room): Promise<void> | void {
    void super.del(id, room);
    return this.link.settled();
  }

  /** Whether another instance may hold sockets of a user that did not join a chat. */
  mayHaveUnjoinedElsewhere(userId: string, chatId: string): boolean {
    return this.link.anyWantsWithout(userRoom(userId), coverage(userId, chatId));
  }

  /** The stock adapter waits for Redis to bring its own request back, which the link does not: here it is done at once. */
  override addSockets(options: BroadcastOptions, rooms: Room[]): void {
    super.addSockets({ ...options, flags: { ...options.flags, local: true } }, rooms);
    const peers = options.flags?.local ? [] : this.link.concerned(options.rooms);
    if (peers.length > 0) {
      this.link.direct(peers, () => super.addSockets(options, rooms));
    }
  }

  /** The stock adapter waits for Redis to bring its own request back, which the link does not: here it is done at once. */
  override delSockets(options: BroadcastOptions, rooms: Room[]): void {
    super.delSockets({ ...options, flags: { ...options.flags, local: true } }, rooms);
    const peers = options.flags?.local ? [] : this.link.concerned(options.rooms);
    if (peers.length > 0) {
      this.link.direct(peers, () => super.delSockets(options, rooms));
    }
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(this.link.peerCount + 1);
  }

  /** Every socket has a room of its own id too; nobody sends there from another instance. */
  private announce(room: Room, wanted: boolean): void {
    if (userOfRoom(room) !== null || chatOfRoom(room) !== null) {
      this.link.announce(room, wanted);
    }
  }
}
