import { ChatError, type CommandName } from '../../contract/index.js';
import { type AnyCall, call, type Meaning, type Speaker } from '../dialect.js';
import { fieldsOf, type Phrasebook } from '../phrasebook.js';
import { notification, systemError, toJoinedRoom } from './shapes.js';

type Fields = Readonly<Record<string, unknown>>;

/** What clients of this dialect say. Fields are passed on as they came: the commands judge them. */
export const phrases = {
  // `userType` is no credential: who the user is says the token.
  'auth:login': ([sent]) => ({
    kind: 'login',
    token: fieldsOf(sent).token,
    welcomed: (userId) => notification('authenticated', 'Authenticated', { userId }),
    failed: systemError,
  }),
  'auth:logout': () => ({ kind: 'logout', words: notification('logged_out', 'Logged out') }),
  'chat:message': ([sent], speaker) => message(fieldsOf(sent), speaker),
  'chat:room:create': ([sent]) => {
    const { name, participants } = fieldsOf(sent);
    return {
      kind: 'call',
      call: call({
        command: 'chat:create',
        payload: { type: 'group', name, userIds: participants },
        answered: () => [],
        failed: systemError,
        next: ({ id }) => join(id),
      }),
    };
  },
  'chat:room:join': ([roomId]) => ({ kind: 'call', call: join(roomId) }),
  'chat:room:leave': ([roomId]) => ({
    kind: 'call',
    call: call({
      command: 'chat:leave',
      payload: { chatId: roomId },
      answered: () => [{ event: 'chat:room:left', args: [{ roomId }] }],
      failed: systemError,
    }),
  }),
  // Who does not want to be seen stays connected, and hears everything.
  'status:update': ([sent]) =>
    run('status:update', { status: fieldsOf(sent).isOnline === false ? 'invisible' : 'online' }),
  'status:typing': ([sent]) => {
    const { roomId, isTyping } = fieldsOf(sent);
    return run(isTyping === true ? 'typing:start' : 'typing:stop', { chatId: roomId });
  },
} satisfies Phrasebook;

/** For a command whose success everybody concerned hears of as an event, if at all. */
function run(command: CommandName, payload: Fields): Meaning {
  return { kind: 'call', call: call({ command, payload, answered: () => [], failed: systemError }) };
}

/** A message that names no room is for the one that the connection has joined; never for everybody. */
function message({ content, roomId }: Fields, { joined }: Speaker): Meaning {
  const chatId = roomId ?? (joined.length === 1 ? joined[0] : undefined);
  if (chatId === undefined) {
    const rooms = joined.length === 0 ? 'no room is joined' : 'several rooms are joined';
    const error = new ChatError('VALIDATION_FAILED', 'send message', `${rooms}, and roomId names none`);
    return { kind: 'say', words: systemError(error), error };
  }
  return run('message:send', { chatId, text: content });
}

function join(roomId: unknown): AnyCall {
  return call({
    command: 'chat:join',
    payload: { chatId: roomId },
    answered: (joined) => [{ event: 'chat:room:joined', args: [toJoinedRoom(joined)] }],
    failed: systemError,
  });
}
