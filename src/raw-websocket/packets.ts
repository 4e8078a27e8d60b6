/**
 * The Socket.IO packets between a raw connection and the Socket.IO server: what a client library would write, in the namespace of
 * the chat. A client's own text never becomes part of one but as a JSON string.
 */

const NAMESPACE = '/chat,';
const EVENT = `2${NAMESPACE}`;
const FRAME = `${EVENT}["frame",`;

export function connectPacket(auth: { token: string | undefined; dialect: string }): string {
  return `0${NAMESPACE}${JSON.stringify(auth)}`;
}

/** An event. The server answers it, once all that came of it was said or is about to be. */
export function eventPacket(name: string, argument: unknown): string {
  return `${EVENT}0${JSON.stringify([name, argument])}`;
}

export function isAnswer(packet: string): boolean {
  return packet.startsWith(`3${NAMESPACE}`);
}

/** The server has ended the connection to the namespace, or refused it. */
export function isGoodbye(packet: string): boolean {
  return packet.startsWith(`1${NAMESPACE}`) || packet.startsWith(`4${NAMESPACE}`);
}

/**
 * The JSON text of an object to be sent; `null` where the packet says something else. It is cut out rather than parsed: a packet
 * is written once for all connections of a chat, and comes here once for each.
 */
export function frameIn(packet: string): string | null {
  return packet.startsWith(FRAME) ? packet.slice(FRAME.length, -1) : null;
}

/** The name of an event and its arguments; `null` where the packet is none. */
export function eventIn(packet: string): readonly unknown[] | null {
  if (!packet.startsWith(EVENT)) {
    return null;
  }
  const event: unknown = JSON.parse(packet.slice(EVENT.length));
  return Array.isArray(event) ? event : null;
}
