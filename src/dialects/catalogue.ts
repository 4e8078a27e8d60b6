import { conversations } from './conversations/conversations.js';
import type { Dialect } from './dialect.js';
import { live } from './live/live.js';
import { plainWebSocket } from './plain-websocket/plain-websocket.js';
import { rooms } from './rooms/rooms.js';

/** The canonical contract, as a choice: for one connection, where the deployment speaks a dialect by default. */
export const CANONICAL = 'canonical';

/** Every dialect by its name. A new one is a line here. */
export const catalogue = {
  rooms,
  'plain-websocket': plainWebSocket,
  conversations,
  live,
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof catalogue;

/** The numbers of the documents that the dialects were first written down in. */
const aliases: Readonly<Record<string, DialectName>> = {
  '000': 'rooms',
  '001': 'plain-websocket',
  '002': 'conversations',
  '003': 'live',
};

export const dialectNames = Object.keys(catalogue) as readonly DialectName[];

/** The name of a dialect as somebody writes it; `null` where there is none such. */
export function dialectName(text: string): DialectName | null {
  if (Object.hasOwn(aliases, text)) {
    return aliases[text] ?? null;
  }
  return Object.hasOwn(catalogue, text) ? (text as DialectName) : null;
}

/** By name; typed as what all dialects have in common. */
export function dialectOf(name: DialectName): Dialect {
  return catalogue[name];
}
