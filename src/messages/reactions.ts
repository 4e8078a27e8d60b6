import { ChatError, REACTION_EMOJI_MAX, REACTIONS_MAX, REACTIONS_PER_USER_MAX } from '../contract/index.js';
import type { StoredMessage, StoredReaction } from './message.js';
import type { MessageChange } from './message-changes.js';

const REACT = 'react to message';
const UNREACT = 'take reaction back';

interface ReactionRules {
  userId: string;
  /** In its canonical spelling. */
  emoji: string;
  /** Whether the marketplace has closed the chat. */
  closed: boolean;
}

/**
 * Any member reacts to what is still there, in an open chat. The same reaction again changes nothing.
 *
 * @throws ChatError `MESSAGE_NOT_FOUND`, `CHAT_CLOSED`, `REACTION_LIMIT`
 */
export function judgeReaction(message: StoredMessage, { userId, emoji, closed }: ReactionRules): MessageChange {
  const reactions = reactionsOf(message, REACT);
  const present = reactions.find((reaction) => reaction.emoji === emoji);
  if (present?.userIds.includes(userId)) {
    return null;
  }
  requireOpen(closed, REACT);
  if (present === undefined && reactions.length >= REACTION_EMOJI_MAX) {
    throw limit(`it has ${REACTION_EMOJI_MAX} different emoji; use one of them`, REACTION_EMOJI_MAX);
  }
  if (reactions.filter(({ userIds }) => userIds.includes(userId)).length >= REACTIONS_PER_USER_MAX) {
    throw limit(`you have put ${REACTIONS_PER_USER_MAX} emoji on it; take one back first`, REACTIONS_PER_USER_MAX);
  }
  if (reactions.reduce((sum, { userIds }) => sum + userIds.length, 0) >= REACTIONS_MAX) {
    throw limit(`it has ${REACTIONS_MAX} reactions already`, REACTIONS_MAX);
  }
  return {
    kind: 'react',
    reactions:
      present === undefined
        ? [...reactions, { emoji, userIds: [userId] }]
        : reactions.map((one) => (one === present ? { emoji, userIds: [...one.userIds, userId] } : one)),
  };
}

/**
 * Only one's own reaction is taken back, so there is nobody to refuse. One that is not there changes nothing.
 *
 * @throws ChatError `MESSAGE_NOT_FOUND`, `CHAT_CLOSED`
 */
export function judgeReactionRemoval(message: StoredMessage, { userId, emoji, closed }: ReactionRules): MessageChange {
  const reactions = reactionsOf(message, UNREACT);
  if (!reactions.some((one) => one.emoji === emoji && one.userIds.includes(userId))) {
    return null;
  }
  requireOpen(closed, UNREACT);
  const left = reactions
    .map((one) => (one.emoji === emoji ? { emoji, userIds: one.userIds.filter((id) => id !== userId) } : one))
    .filter(({ userIds }) => userIds.length > 0);
  return { kind: 'react', reactions: left.length === 0 ? null : left };
}

function reactionsOf({ deletedAt, reactions }: StoredMessage, operation: string): readonly StoredReaction[] {
  if (deletedAt !== null) {
    throw new ChatError('MESSAGE_NOT_FOUND', operation, 'the message was deleted');
  }
  return reactions ?? [];
}

function requireOpen(closed: boolean, operation: string): void {
  if (closed) {
    throw ChatError.chatClosed(operation);
  }
}

function limit(reason: string, max: number): ChatError {
  return new ChatError('REACTION_LIMIT', REACT, reason, { details: { limit: max } });
}
