import type { SystemNotice, WireId } from '../contract/index.js';
import { toWireId } from '../contract/index.js';
import type { MessageDraft } from './message.js';
import { newMessageId } from './message-id.js';

/** More names than this make no sentence. */
const MAX_NAMED = 3;

/** The message by which a chat's members learn what one of them did to the chat. */
export function systemDraft(chatId: string, actorId: string, notice: SystemNotice): MessageDraft {
  const id = newMessageId();
  return {
    id,
    chatId,
    senderId: actorId,
    type: 'system',
    text: inPlainWords(toWireId(actorId), notice),
    system: notice,
    attachments: null,
    replyTo: null,
    productId: null,
    clientMessageId: id,
  };
}

/** What a client shows that does not know the kind of the notice. The service knows users by their ids only. */
export function inPlainWords(actor: WireId, notice: SystemNotice): string {
  switch (notice.kind) {
    case 'group_created':
      return `${actor} created the group "${notice.name}"`;
    case 'members_added':
      return `${actor} added ${list(notice.userIds)}`;
    case 'member_removed':
      return `${actor} removed ${notice.userId}`;
    case 'member_left':
      return notice.newOwnerId === null
        ? `${notice.userId} left the group`
        : `${notice.userId} left the group; ${notice.newOwnerId} owns it now`;
    case 'role_changed':
      return `${actor} made ${notice.userId} ${notice.role === 'owner' ? 'an owner' : `a ${notice.role}`}`;
    case 'group_renamed':
      return `${actor} named the group "${notice.name}"`;
    case 'notice':
      return notice.code;
  }
}

function list(userIds: readonly WireId[]): string {
  return userIds.length > MAX_NAMED ? `${userIds.length} members` : userIds.join(', ');
}
