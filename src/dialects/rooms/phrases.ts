import { ChatError, type CommandName } from '../../contract/index.js';
import { type AnyCall, call, type Meaning, type Speaker, type Spoken } from '../dialect.js';
import { pairInOrder } from '../pair-in-order.js';
import { fieldsOf, idText, type Phrasebook } from '../phrasebook.js';
import { errorWords, type MessageStatus, toJoinedRoom } from './shapes.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What clients of this dialect say. Its guide gives the first four; the others stand for what it promises without naming
 * an event. Fields are passed on as they came: the commands judge them.
 */
export const phrases = {
  createChatRoom: ([sent], speaker) => create(fieldsOf(sent), speaker),
  joinChatRoom: ([sent]) => ({ kind: 'call', call: join(fieldsOf(sent).chatRoomId, 'joinChatRoom') }),
  sendMessage: ([sent]) => send(fieldsOf(sent)),
  typing: ([sent]) => {
    const { chatRoomId, isTyping } = fieldsOf(sent);
    return run('typing', isTyping === true ? 'typing:start' : 'typing:stop', { chatId: chatRoomId });
  },
  leaveChatRoom: ([sent]) => leave(fieldsOf(sent)),
  updateChatRoom: ([sent]) => {
    const { chatRoomId, name } = fieldsOf(sent);
    return run('updateChatRoom', 'group:rename', { chatId: chatRoomId, name });
  },
  addParticipants: ([sent]) => {
    const { chatRoomId, participantIds } = fieldsOf(sent);
    return run('addParticipants', 'group:add', { chatId: chatRoomId, userIds: participantIds });
  },
  removeParticipant: ([sent]) => {
    const { chatRoomId, participantId } = fieldsOf(sent);
    return run('removeParticipant', 'group:remove', { chatId: chatRoomId, userId: participantId });
  },
  markAsDelivered: ([sent]) => {
    const { chatRoomId, messageId } = fieldsOf(sent);
    return run('markAsDelivered', 'message:delivered', { chatId: chatRoomId, messageId });
  },
  markAsRead: ([sent]) => {
    const { chatRoomId, messageId } = fieldsOf(sent);
    return run('markAsRead', 'message:read', { chatId: chatRoomId, messageId });
  },
} satisfies Phrasebook;

/** For a command whose success everybody concerned hears of, the speaker too. */
function run(event: string, command: CommandName, payload: Fields): Meaning {
  return { kind: 'call', call: call({ command, payload, answered: () => [], failed: failing(event) }) };
}

/** Who opens a room is in it: all hear `chatRoomCreated`, and he also what `joinChatRoom` would have told him. */
function create({ name, type = 'GROUP', participantIds }: Fields, speaker: Speaker): Meaning {
  const event = 'createChatRoom';
  const failed = failing(event);
  const others = Array.isArray(participantIds) ? otherThan(speaker, participantIds) : participantIds;
  // A type that is none is passed on: the command refuses it.
  const group = { type: type === 'GROUP' ? 'group' : type, name, userIds: others };
  const payload = type === 'DIRECT' ? directRoom(others, speaker) : group;
  if (payload === null) {
    const reason = 'participantIds: a direct room is of you and one other participant';
    const error = new ChatError('VALIDATION_FAILED', 'create chat', reason);
    return { kind: 'say', words: failed(error), error };
  }
  return {
    kind: 'call',
    call: call({
      command: 'chat:create',
      payload,
      answered: () => [],
      failed,
      next: ({ id }) => join(id, 'joinChatRoom'),
    }),
  };
}

/** The one room of the two, whoever of them opens it. `null` where there is not one other. */
function directRoom(others: unknown, { userId }: Speaker): Fields | null {
  return Array.isArray(others) && others.length === 1 ? pairInOrder(userId, others[0]) : null;
}

/** One id has two spellings on the wire, as a number and as text. What is no id is passed on. */
function otherThan({ userId }: Speaker, ids: readonly unknown[]): unknown[] {
  return ids.filter((id) => idText(id) === null || idText(id) !== String(userId));
}

function join(chatRoomId: unknown, event: string): AnyCall {
  return call({
    command: 'chat:join',
    payload: { chatId: chatRoomId },
    answered: (joined) => [{ event: 'joinedChatRoom', args: [toJoinedRoom(joined)] }],
    failed: failing(event),
  });
}

function leave({ chatRoomId }: Fields): Meaning {
  return {
    kind: 'call',
    call: call({
      command: 'chat:leave',
      payload: { chatId: chatRoomId },
      answered: () => [{ event: 'leftChatRoom', args: [{ chatRoomId }] }],
      failed: failing('leaveChatRoom'),
    }),
  };
}

/** The notice is how a sender that did not join the room learns the id of what he sent. */
function send({ chatRoomId, content }: Fields): Meaning {
  const status: MessageStatus = 'SENT';
  return {
    kind: 'call',
    call: call({
      command: 'message:send',
      payload: { chatId: chatRoomId, text: content },
      answered: ({ id, chatId, seq, senderId }) => [
        { event: 'messageStatus', args: [{ chatRoomId: chatId, userId: senderId, seq, status, messageId: id }] },
      ],
      failed: failing('sendMessage'),
    }),
  };
}

function failing(event: string): (error: ChatError) => readonly Spoken[] {
  return (error) => errorWords(error, event);
}
