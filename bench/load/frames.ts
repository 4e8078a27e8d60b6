/**
 * Socket.IO 5 over engine.io 4, websocket only, as far as a load generator meets it. Frames are written and told
 * apart by hand: a full client would spend more CPU than the server it measures.
 */
export const NAMESPACE = '/chat';

export const ENGINE_PATH = '/socket.io/?EIO=4&transport=websocket';
export const ENGINE_OPEN = 0x30;
export const ENGINE_PING = 0x32;
export const ENGINE_PONG = '3';

const MESSAGE = 0x34;
const CONNECT = 0x30;
const EVENT = 0x32;
const ACK = 0x33;
const CONNECT_ERROR = 0x34;
const DIGIT_ZERO = 0x30;
const DIGIT_NINE = 0x39;

const MESSAGE_NEW = Buffer.from(`42${NAMESPACE},["message:new",`);
const SUCCESS = Buffer.from('[{"success":true');
const ACK_ID_START = `43${NAMESPACE},`.length;

export type Frame =
  | { kind: 'open' | 'ping' | 'connected' | 'delivery' | 'other' }
  | { kind: 'refused'; reason: string }
  | { kind: 'ack'; id: number; success: boolean; bodyStart: number };

/** Frames that carry nothing, made once: deliveries are the bulk of the traffic. */
const OPEN: Frame = { kind: 'open' };
const PING: Frame = { kind: 'ping' };
const CONNECTED: Frame = { kind: 'connected' };
const DELIVERY: Frame = { kind: 'delivery' };
const OTHER: Frame = { kind: 'other' };

export function connectFrame(token: string, dialect?: string): string {
  return `40${NAMESPACE},${JSON.stringify({ token, dialect })}`;
}

/** @param payload JSON text */
export function commandFrame(ackId: number, event: string, payload: string): string {
  return `42${NAMESPACE},${ackId}["${event}",${payload}]`;
}

export function readFrame(data: Buffer): Frame {
  if (data[0] === ENGINE_PING) {
    return PING;
  }
  if (data[0] === ENGINE_OPEN) {
    return OPEN;
  }
  if (data[0] !== MESSAGE) {
    return OTHER;
  }
  switch (data[1]) {
    case EVENT:
      return startsAt(data, 0, MESSAGE_NEW) ? DELIVERY : OTHER;
    case ACK:
      return readAck(data);
    case CONNECT:
      return CONNECTED;
    case CONNECT_ERROR:
      return { kind: 'refused', reason: data.toString('utf8') };
    default:
      return OTHER;
  }
}

/** The first argument of an ack. */
export function ackBody(data: Buffer, bodyStart: number): unknown {
  return (JSON.parse(data.toString('utf8', bodyStart)) as unknown[])[0];
}

function readAck(data: Buffer): Frame {
  let id = 0;
  let at = ACK_ID_START;
  for (let byte = data[at]; byte !== undefined && byte >= DIGIT_ZERO && byte <= DIGIT_NINE; byte = data[at]) {
    id = id * 10 + byte - DIGIT_ZERO;
    at += 1;
  }
  return { kind: 'ack', id, success: startsAt(data, at, SUCCESS), bodyStart: at };
}

function startsAt(data: Buffer, start: number, prefix: Buffer): boolean {
  return (
    data.length >= start + prefix.length && data.compare(prefix, 0, prefix.length, start, start + prefix.length) === 0
  );
}
