import { Injectable, Logger } from '@nestjs/common';
import type { EventName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import type { AnyEvent, Dialect, Facts, Spoken } from '../dialects/dialect.js';
import { mentionsOfEvent } from '../dialects/mentions.js';
import { isSilent, saying } from '../dialects/vocabulary.js';
import { FactFinder } from './facts.js';
import { speakerOf } from './speaker.js';
import { Voice } from './voice.js';
import { type Encoded, type Wire, wireOf } from './wire.js';

interface Connection {
  wire: Wire;
  voice: Voice;
}

/**
 * What is told of the connection itself, right before it is closed. It does not wait behind what is being looked up: by then the
 * connection would have been closed, and nobody have said why.
 */
const aboutConnection: ReadonlySet<EventName> = new Set(['auth:error', 'auth:token-expired', 'server:draining']);

/** What a dialect says of an event. */
interface Said {
  event: AnyEvent;
  words: Encoded | Promise<Encoded>;
}

/**
 * What clients of dialects hear. Their sockets are ordinary ones in the ordinary rooms; what is emitted to them is overheard
 * and said in their own words instead. A broadcast hands one and the same payload to all sockets of this instance: it is
 * translated and encoded once for each dialect among them.
 */
@Injectable()
export class Speech {
  private readonly logger = new Logger(Speech.name);
  private readonly connections = new WeakMap<ChatSocket, Connection>();
  /** Of each dialect the latest: a broadcast tells all its sockets before anything else is told. */
  private readonly said = new Map<Dialect, Said>();

  constructor(private readonly facts: FactFinder) {}

  /** From now on a socket hears a dialect, and no canonical event. */
  begin(socket: ChatSocket, dialect: Dialect): void {
    const wire = wireOf(socket);
    const voice = new Voice(wire, (error) => this.lose(socket, error));
    const speaker = speakerOf(socket);
    this.connections.set(socket, { wire, voice });
    socket.onAnyOutgoing((name: EventName, payload: AnyEvent['payload']) => {
      if (isSilent(dialect.vocabulary, name)) {
        return;
      }
      const event = { name, payload } as AnyEvent;
      if (dialect.hears?.(event, speaker) !== false) {
        voice.say(this.render(dialect, event, wire), aboutConnection.has(name));
      }
    });
    socket.once('disconnect', () => this.end(socket));
  }

  /** A socket hears nothing any more; what came of its connection besides is as if it had spoken no dialect. */
  end(socket: ChatSocket): void {
    this.connections.get(socket)?.wire.release();
    this.connections.delete(socket);
  }

  /** Says something to one socket, behind what it is being told. */
  say(socket: ChatSocket, words: readonly Spoken[]): void {
    const connection = this.connections.get(socket);
    if (connection !== undefined && words.length > 0) {
      connection.voice.say(connection.wire.encode(words));
    }
  }

  /** Resolves when a socket has been told everything so far. */
  async settled(socket: ChatSocket): Promise<void> {
    await this.connections.get(socket)?.voice.settled();
  }

  private render(dialect: Dialect, event: AnyEvent, wire: Wire): Encoded | Promise<Encoded> {
    const latest = this.said.get(dialect);
    if (latest !== undefined && latest.event.payload === event.payload && latest.event.name === event.name) {
      return latest.words;
    }
    const words = this.translate(dialect, event, wire);
    this.said.set(dialect, { event, words });
    return words;
  }

  private translate(dialect: Dialect, event: AnyEvent, wire: Wire): Encoded | Promise<Encoded> {
    const facts = this.facts.about(mentionsOfEvent(event), dialect);
    return facts instanceof Promise
      ? facts.then((known) => this.encode(dialect, event, wire, known))
      : this.encode(dialect, event, wire, facts);
  }

  /** Throws nothing: a map's bug must not end a broadcast that others are part of, nor connections, which would be back at once. */
  private encode({ vocabulary }: Dialect, event: AnyEvent, wire: Wire, facts: Facts): Encoded {
    try {
      return wire.encode(saying(vocabulary, event, facts));
    } catch (error) {
      this.logger.error({ err: error, event: event.name }, 'event not said; a dialect failed at it');
      return [];
    }
  }

  /**
   * A client that was not told something must not go on believing that it knows all: it reconnects and loads anew. The
   * transport is closed, because clients reconnect by themselves only after that.
   */
  lose(socket: ChatSocket, error: unknown): void {
    this.logger.warn({ err: error, socketId: socket.id }, 'connection cut; something could not be said in its dialect');
    socket.conn.close();
  }
}
