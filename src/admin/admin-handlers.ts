import { Injectable } from '@nestjs/common';
import { ChatClosing } from '../chats/chat-closing.js';
import { ChatsService } from '../chats/chats.service.js';
import { type AdminData, type AdminPayload, type AdminRouteName, ChatError } from '../contract/index.js';
import { AuthoredMessagesRepository } from '../messages/authored-messages.repository.js';
import { MessageChangesService } from '../messages/message-changes.service.js';
import { toWireVersion } from '../messages/message-version.js';
import { MessagesService } from '../messages/messages.service.js';
import { SessionCut } from '../socket/session-cut.js';
import { UserErasure } from './user-erasure.service.js';
import { UserExport } from './user-export.service.js';

type AdminHandlers = { readonly [R in AdminRouteName]: (payload: AdminPayload<R>) => Promise<AdminData<R>> };

/**
 * What each route of the marketplace's servers does, for callers whose key was checked. A route without a line does not
 * compile.
 */
@Injectable()
export class AdminHandlerTable {
  readonly handlers: AdminHandlers = {
    'POST /admin/chats': async (payload) => (await this.chats.open(payload)).chat,
    'GET /admin/chats/:chatId': ({ chatId, limit }) => this.chats.inspect(chatId, limit),
    'GET /admin/chats/:chatId/messages': ({ chatId, ...page }) => this.chats.inspectHistory(chatId, page),
    'POST /admin/chats/:chatId/messages': ({ chatId, text, code, params, productId, clientMessageId }) =>
      this.messages.postSystem({
        chatId,
        text,
        notice: { kind: 'notice', code, params },
        productId: productId ?? null,
        ...(clientMessageId == null ? {} : { clientMessageId }),
      }),
    'GET /admin/chats/:chatId/messages/:messageId/versions': (payload) => this.versions(payload),
    'DELETE /admin/chats/:chatId/messages/:messageId': ({ chatId, messageId }) =>
      this.messageChanges.moderate(chatId, messageId),
    'POST /admin/chats/:chatId/close': ({ chatId }) => this.closing.close(chatId),
    'POST /admin/chats/:chatId/reopen': ({ chatId }) => this.closing.reopen(chatId),
    'POST /admin/users/:userId/cut': async ({ userId }) => {
      await this.sessions.cut(userId);
      return null;
    },
    'GET /admin/users/:userId/export': (payload) => this.exports.page(payload),
    'POST /admin/users/:userId/erase': (payload) => this.erasure.step(payload),
  };

  constructor(
    private readonly chats: ChatsService,
    private readonly closing: ChatClosing,
    private readonly messages: MessagesService,
    private readonly messageChanges: MessageChangesService,
    private readonly authored: AuthoredMessagesRepository,
    private readonly sessions: SessionCut,
    private readonly exports: UserExport,
    private readonly erasure: UserErasure,
  ) {}

  private async versions({
    chatId,
    messageId,
    afterRev,
    limit,
  }: AdminPayload<'GET /admin/chats/:chatId/messages/:messageId/versions'>): Promise<
    AdminData<'GET /admin/chats/:chatId/messages/:messageId/versions'>
  > {
    const versions = await this.authored.versions(chatId, messageId, { afterRev, limit });
    if (versions === undefined) {
      throw new ChatError('MESSAGE_NOT_FOUND', 'read versions', 'the chat has no message with this id');
    }
    return { versions: versions.slice(0, limit).map(toWireVersion), hasMore: versions.length > limit };
  }
}
