import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverage, JoinCoverage } from '../../../src/cluster/join-coverage.js';
import { chatRoom, userRoom } from '../../../src/delivery/rooms.js';

/** The adapter's two maps, kept the way Socket.IO keeps them, with the coverage that listens to them. */
class Rooms {
  readonly announced = new Set<string>();
  /** Every announcement, to see that nothing is said twice. */
  readonly said: string[] = [];
  private readonly rooms = new Map<string, Set<string>>();
  private readonly sids = new Map<string, Set<string>>();
  private readonly coverage = new JoinCoverage(this.rooms, this.sids, (interest, wanted) => {
    this.said.push(`${wanted ? '+' : '-'}${interest}`);
    if (wanted) {
      this.announced.add(interest);
    } else {
      this.announced.delete(interest);
    }
  });

  connect(socketId: string, userId: string): void {
    this.add(socketId, socketId);
    this.add(socketId, userRoom(userId));
  }

  join(socketId: string, chatId: string): void {
    this.add(socketId, chatRoom(chatId));
  }

  leave(socketId: string, chatId: string): void {
    this.sids.get(socketId)?.delete(chatRoom(chatId));
    this.remove(socketId, chatRoom(chatId));
  }

  disconnect(socketId: string): void {
    for (const room of this.sids.get(socketId) ?? []) {
      this.remove(socketId, room);
    }
    this.sids.delete(socketId);
  }

  /** What must be announced, worked out from the rooms alone. */
  expected(): Set<string> {
    const users = [...this.rooms].filter(([room]) => room.startsWith('user:'));
    const chats = [...this.rooms].filter(([room]) => room.startsWith('chat:'));
    return new Set(
      users.flatMap(([user, sockets]) =>
        chats
          .filter(([, joined]) => [...sockets].every((socket) => joined.has(socket)))
          .map(([chat]) => coverage(user.slice('user:'.length), chat.slice('chat:'.length))),
      ),
    );
  }

  private add(socketId: string, room: string): void {
    this.sids.set(socketId, (this.sids.get(socketId) ?? new Set()).add(room));
    const sockets = this.rooms.get(room) ?? new Set();
    this.rooms.set(room, sockets);
    if (!sockets.has(socketId)) {
      sockets.add(socketId);
      this.coverage.joined(room, socketId);
    }
  }

  private remove(socketId: string, room: string): void {
    const sockets = this.rooms.get(room);
    if (sockets?.delete(socketId)) {
      this.coverage.left(room, socketId);
      if (sockets.size === 0) {
        this.rooms.delete(room);
      }
    }
  }
}

describe('whose sockets have all joined a chat', () => {
  test('a user with one socket that joined is covered', () => {
    const rooms = new Rooms();
    rooms.connect('s1', 'ann');
    rooms.join('s1', 'c');

    expect([...rooms.announced]).toEqual([coverage('ann', 'c')]);
  });

  test('a second socket uncovers every chat until it has joined too', () => {
    const rooms = new Rooms();
    rooms.connect('s1', 'ann');
    rooms.join('s1', 'c');
    rooms.connect('s2', 'ann');
    expect([...rooms.announced]).toEqual([]);

    rooms.join('s2', 'c');
    expect([...rooms.announced]).toEqual([coverage('ann', 'c')]);
  });

  test('the socket that had not joined goes away, and the user is covered', () => {
    const rooms = new Rooms();
    rooms.connect('s1', 'ann');
    rooms.join('s1', 'c');
    rooms.connect('s2', 'ann');
    rooms.disconnect('s2');

    expect([...rooms.announced]).toEqual([coverage('ann', 'c')]);
  });

  test('a user who has gone is covered nowhere', () => {
    const rooms = new Rooms();
    rooms.connect('s1', 'ann');
    rooms.join('s1', 'c');
    rooms.disconnect('s1');

    expect([...rooms.announced]).toEqual([]);
  });

  test('another user who joins the same chat is covered on his own', () => {
    const rooms = new Rooms();
    rooms.connect('s1', 'ann');
    rooms.connect('s2', 'bob');
    rooms.join('s2', 'c');

    expect([...rooms.announced]).toEqual([coverage('bob', 'c')]);
  });

  test('joining what one has joined says nothing', () => {
    const rooms = new Rooms();
    rooms.connect('s1', 'ann');
    rooms.join('s1', 'c');
    rooms.join('s1', 'c');

    expect(rooms.said).toEqual([`+${coverage('ann', 'c')}`]);
  });

  test('whatever sockets do, exactly the covered pairs are announced', () => {
    const owners = { s1: 'ann', s2: 'ann', s3: 'ann', s4: 'bob', s5: 'bob' } as const;
    const socket = fc.constantFrom('s1', 's2', 's3', 's4', 's5');
    const chat = fc.constantFrom('c', 'd');
    const action = fc.oneof(
      fc.record({ kind: fc.constantFrom('connect', 'disconnect'), socket, chat }),
      fc.record({ kind: fc.constantFrom('join', 'leave'), socket, chat }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const rooms = new Rooms();
        const connected = new Set<string>();
        for (const { kind, socket: id, chat: chatId } of actions) {
          if (kind === 'connect' && !connected.has(id)) {
            connected.add(id);
            rooms.connect(id, owners[id as keyof typeof owners]);
          } else if (connected.has(id)) {
            if (kind === 'join') {
              rooms.join(id, chatId);
            } else if (kind === 'leave') {
              rooms.leave(id, chatId);
            } else if (kind === 'disconnect') {
              connected.delete(id);
              rooms.disconnect(id);
            }
          }
          expect(rooms.announced).toEqual(rooms.expected());
        }
      }),
      { numRuns: 500 },
    );
  });
});
