import { type CommandName, commands, type EventName, events, Failure, PROTOCOL_VERSION } from '../contract/index.js';
import { type JsonSchema, jsonSchemas, mergedEntities } from './json-schemas.js';

/** AsyncAPI's own schema format stands on draft 7. */
const TARGET = { target: 'draft-7', entitiesAt: '#/components/schemas/' } as const;

const commandNames = Object.keys(commands) as CommandName[];
const eventNames = Object.keys(events) as EventName[];

/**
 * Commands and events may share a name, and AsyncAPI's keys take no colon: `message:read` is the messages
 * `command.message.read`, `answer.message.read` and `event.message.read`.
 */
type MessageKind = 'command' | 'answer' | 'event';
const keyOf = (kind: MessageKind, name: string): string => `${kind}.${name.replaceAll(':', '.')}`;
const CHANNEL = { $ref: '#/channels/chat' };
const inComponents = (key: string) => ({ $ref: `#/components/messages/${key}` });
const inChannel = (key: string) => ({ $ref: `#/channels/chat/messages/${key}` });

interface DescribedMessage {
  name: string;
  title: string;
  summary: string;
  payload: JsonSchema;
}

/** The Socket.IO protocol as an AsyncAPI 3 document, made of the contract alone. Seen from the service: it receives commands. */
export function asyncApiDocument() {
  const payloads = jsonSchemas(
    mapped(commandNames, (name) => commands[name].payload),
    { ...TARGET, io: 'input' },
  );
  const data = jsonSchemas(
    { ...mapped(commandNames, (name) => commands[name].data), failure: Failure },
    { ...TARGET, io: 'output' },
  );
  const sent = jsonSchemas(
    mapped(eventNames, (name) => events[name].payload),
    { ...TARGET, io: 'output' },
  );
  const messages: Record<string, DescribedMessage> = {};
  const operations: Record<string, object> = {};
  for (const name of commandNames) {
    const { summary } = commands[name];
    const [command, answer] = [keyOf('command', name), keyOf('answer', name)];
    messages[command] = { name, title: name, summary, payload: payloads.roots[name] };
    messages[answer] = {
      name: `${name} (ack)`,
      title: `Answer to ${name}`,
      summary: 'What the ack callback is called with, exactly once',
      payload: ackOf(data.roots[name], data.roots.failure),
    };
    operations[command] = {
      ...operation('receive', command, summary),
      reply: { channel: CHANNEL, messages: [inChannel(answer)] },
    };
  }
  for (const name of eventNames) {
    const { summary } = events[name];
    const event = keyOf('event', name);
    messages[event] = { name, title: name, summary, payload: sent.roots[name] };
    operations[event] = operation('send', event, summary);
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Marketplace chat: Socket.IO',
      version: String(PROTOCOL_VERSION),
      description:
        'Commands are emitted with an optional ack callback; events come by themselves. Connect with Socket.IO 4 and the token as `auth.token`.',
    },
    defaultContentType: 'application/json',
    servers: {
      chat: {
        host: '{host}',
        protocol: 'ws',
        description: 'Socket.IO 4',
        variables: { host: { default: 'localhost:3001', description: 'Where the service listens' } },
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      chat: {
        address: '/chat',
        title: 'The namespace /chat',
        messages: mapped(Object.keys(messages), inComponents),
      },
    },
    operations,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: mergedEntities(payloads.entities, { ...data.entities, ...sent.entities }),
      messages,
    },
  };
}

function operation(action: 'send' | 'receive', message: string, summary: string) {
  return { action, channel: CHANNEL, summary, messages: [inChannel(message)] };
}

function ackOf(data: JsonSchema, failure: JsonSchema): JsonSchema {
  return {
    anyOf: [
      { type: 'object', properties: { success: { const: true }, data }, required: ['success', 'data'] },
      { type: 'object', properties: { success: { const: false }, error: failure }, required: ['success', 'error'] },
    ],
  };
}

function mapped<K extends string, T>(names: readonly K[], of: (name: K) => T): Record<K, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, T>;
}
