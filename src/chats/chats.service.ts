import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import {
  ChatError,
  type ChatSettings,
  type CommandPayload,
  type InspectedChat,
  type JoinedChat,
  type MessagePage,
  toWireId,
  type Chat as WireChat,
} from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { toWireMember, toWireSettings } from '../members/member.js';
import { MembersRepository } from '../members/members.repository.js';
import { Membership } from '../members/membership.js';
import { ChatWrites } from '../messages/chat-writes.js';
import { MessageAnnouncer } from '../messages/message-announcer.js';
import { MessagesService } from '../messages/messages.service.js';
import { systemDraft } from '../messages/system-draft.js';
import { PresenceService } from '../presence/presence.service.js';
import { ProfilesService } from '../profiles/profiles.service.js';
import { TypingService } from '../typing/typing.service.js';
import { toWireChat } from './chat.js';
import { ChatsRepository } from './chats.repository.js';

const CREATE = 'create chat';
const JOIN = 'join chat';
const READ = 'read chat';

type NewDirectChat = Exclude<CommandPayload<'chat:create'>, { type: 'group' }>;
type DirectKey = Pick<NewDirectChat, 'buyerId' | 'sellerId' | 'productId'>;
type NewGroup = Extract<CommandPayload<'chat:create'>, { type: 'group' }>;

/** Opening chats and looking into them. */
@Injectable()
export class ChatsService implements OnModuleInit {
  private readonly logger = new Logger(ChatsService.name);
  /** A batch of messages may change one chat's product several times; one announcement tells the outcome. */
  private readonly updates = new OneInFlight<string>({
    handle: (chatIds) => this.announceUpdates(new Set(chatIds)),
    onBug: (error) => this.logger.warn({ err: error }, 'product change not announced; clients see it when they join'),
  });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly membership: Membership,
    private readonly messages: MessagesService,
    private readonly announcer: MessageAnnouncer,
    private readonly writes: ChatWrites,
    private readonly presence: PresenceService,
    private readonly profiles: ProfilesService,
    private readonly typing: TypingService,
    private readonly delivery: Delivery,
  ) {}

  onModuleInit(): void {
    this.messages.onStored(({ chatId, senderId }, productChanged) => {
      this.typing.sent(chatId, senderId);
      if (productChanged) {
        this.updates.add(chatId);
      }
    });
  }

  /**
   * Opens the chat of a buyer and a seller, or finds the one they have. Where the deployment keys chats by pair, a product
   * becomes the chat's context; where by pair and product, each product has a chat of its own, beside the one for none.
   *
   * @returns the chat, and whether it is new (then both members have been told)
   * A chat that is closed, or in which a block stands, is found, and stays about what it was about.
   *
   * @throws ChatError `FORBIDDEN` unless the caller is one of the two, `VALIDATION_FAILED` when they are the same,
   *   `BLOCKED` where a block stands between them and there is no chat yet
   */
  async create(callerId: string, pair: NewDirectChat): Promise<{ chat: WireChat; isNew: boolean }> {
    if (callerId !== pair.buyerId && callerId !== pair.sellerId) {
      throw new ChatError('FORBIDDEN', CREATE, 'you are neither its buyer nor its seller');
    }
    return this.openFor(callerId, pair);
  }

  /**
   * The same for callers that the marketplace has authorised: they are neither buyer nor seller, and no block stops them.
   *
   * @throws ChatError `VALIDATION_FAILED` when the two are the same
   */
  async open(pair: DirectKey): Promise<{ chat: WireChat; isNew: boolean }> {
    return this.openFor(null, pair);
  }

  /** @param callerId the one of the two who opens it; `null` for the marketplace */
  private async openFor(
    callerId: string | null,
    { buyerId, sellerId, productId }: DirectKey,
  ): Promise<{ chat: WireChat; isNew: boolean }> {
    if (buyerId === sellerId) {
      throw new ChatError('VALIDATION_FAILED', CREATE, 'buyer and seller are the same user');
    }
    const keyProductId = this.config.chats.key === 'pair_product' ? (productId ?? null) : null;
    const key = { buyerId, sellerId, keyProductId };
    const heedsBlocks = callerId !== null;
    const id = uuidv7();
    const { isNew, ...blocks } = await this.writes.attempt(id, () =>
      this.repository.createUnlessExists({ id, ...key }, heedsBlocks),
    );
    const found = await this.repository.findByKey(key);
    if (found === undefined) {
      if (blocks.buyerBlocks || blocks.sellerBlocks) {
        const isBlocked = callerId === buyerId ? blocks.sellerBlocks : blocks.buyerBlocks;
        throw ChatError.blocked(CREATE, isBlocked ? 'other' : 'you');
      }
      throw new Error('unable to create chat; the pair has none right after it was created');
    }
    // A chat that is keyed by its product is about it from the start.
    const movable = keyProductId === null && productId != null && productId !== found.productId;
    const changed = movable && (await this.repository.setProduct(found.id, productId, heedsBlocks));
    const chat = toWireChat(changed ? { ...found, productId } : found);
    if (isNew) {
      this.delivery.chatCreated([buyerId, sellerId], chat);
    } else if (changed) {
      this.delivery.chatUpdated([buyerId, sellerId], chat);
    }
    return { chat, isNew };
  }

  /**
   * The state of a chat, for a member who does not follow it live.
   *
   * @param limit messages in the page that comes with it
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async read(userId: string, chatId: string, limit: number): Promise<JoinedChat> {
    await this.membership.require(chatId, userId, READ);
    return this.stateOf(userId, chatId, limit, READ);
  }

  /**
   * Opens a group that the caller owns, or finds the one that his key names.
   *
   * @returns the group as it is now, and whether it is new (then all members have been told)
   * @throws ChatError `GROUP_FULL`; `BLOCKED` by one of the users; `CHAT_NOT_FOUND` when the key names a group that the caller is not in any more
   */
  async createGroup(
    callerId: string,
    { name, userIds, clientChatId }: NewGroup,
  ): Promise<{ chat: WireChat; isNew: boolean }> {
    const { maxMembers } = this.config.groups;
    const memberIds = [...new Set(userIds)].filter((userId) => userId !== callerId);
    if (memberIds.length + 1 > maxMembers) {
      throw new ChatError('GROUP_FULL', CREATE, `a group has at most ${maxMembers} members`, {
        details: { maxMembers },
      });
    }
    const id = uuidv7();
    const key = clientChatId ?? id;
    const notice = { kind: 'group_created', name, userIds: memberIds.map(toWireId) } as const;
    const outcome = await this.writes.attempt(id, () =>
      this.repository.createGroupUnlessExists(
        { id, name, ownerId: callerId, memberIds, key },
        systemDraft(id, callerId, notice),
      ),
    );
    const stored = await this.repository.findGroupByKey(callerId, key);
    if (stored === undefined && outcome === 'blocked') {
      throw ChatError.blockedByNewcomer(CREATE);
    }
    if (stored === undefined) {
      throw new Error('unable to create chat; its key names none right after it was created');
    }
    if (outcome === null || outcome === 'blocked' || outcome.kind !== 'stored') {
      await this.membership.require(stored.id, callerId, CREATE);
      return { chat: toWireChat(stored), isNew: false };
    }
    const chat = toWireChat(stored);
    this.delivery.chatCreated([callerId, ...memberIds], chat);
    this.announcer.announce(outcome.message, outcome.membersVersion);
    return { chat, isNew: true };
  }

  /**
   * The state of any chat, for callers that the marketplace has authorised.
   *
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async inspect(chatId: string, limit: number): Promise<InspectedChat> {
    const { settings: _, ...state } = await this.look(null, chatId, limit, READ);
    return state;
  }

  /**
   * A page of any chat, for callers that the marketplace has authorised.
   *
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async inspectHistory(chatId: string, page: Omit<CommandPayload<'chat:history'>, 'chatId'>): Promise<MessagePage> {
    if ((await this.repository.find(chatId)) === undefined) {
      throw ChatError.chatNotFound('read history');
    }
    return this.messages.inspect(chatId, page);
  }

  /**
   * The first half of joining: only after it may a socket be let into the chat's room.
   *
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async requireMember(userId: string, chatId: string): Promise<void> {
    await this.membership.require(chatId, userId, JOIN);
  }

  /**
   * The second half: the state of a chat. The caller's socket is in the room already, so whatever is committed after
   * this read reaches it live; the chat's position is read before its messages, so nothing lies between the two.
   */
  async snapshot(userId: string, chatId: string, limit: number): Promise<JoinedChat> {
    return this.stateOf(userId, chatId, limit, JOIN);
  }

  private async stateOf(userId: string, chatId: string, limit: number, operation: string): Promise<JoinedChat> {
    const { settings, ...state } = await this.look(userId, chatId, limit, operation);
    if (settings === null) {
      throw ChatError.chatNotFound(operation);
    }
    return { ...state, settings };
  }

  /**
   * @param readerId a member, also when all of it was read; `null` for the marketplace
   * @returns the state, with the reader's own settings; `null` for who has none
   */
  private async look(
    readerId: string | null,
    chatId: string,
    limit: number,
    operation: string,
  ): Promise<InspectedChat & { settings: ChatSettings | null }> {
    const chat = await this.repository.find(chatId);
    const [members, page, typing] = await Promise.all([
      this.members.list(chatId, readerId ?? ''),
      this.messages.page(readerId, chatId, { limit }),
      this.typing.typistsOf(chatId),
    ]);
    const own = members.find((member) => member.userId === readerId);
    if (chat === undefined || (own === undefined && readerId !== null)) {
      throw ChatError.chatNotFound(operation);
    }
    if (chat.type === 'direct') {
      this.membership.rememberDirect(chatId);
    }
    const [online, senders] = await Promise.all([
      this.presence.onlineAmong(members.map((member) => member.userId)),
      // Only authors who have left the chat are not among its members.
      this.profiles.sendersOf(page.messages, new Map(members.map((member) => [member.userId, member.profile]))),
    ]);
    return {
      chat: toWireChat(chat),
      members: members.map((member) => toWireMember(member, online)),
      settings: own === undefined ? null : toWireSettings(chatId, own),
      typing: typing.map(toWireId),
      senders,
      ...page,
    };
  }

  private async announceUpdates(chatIds: ReadonlySet<string>): Promise<void> {
    const chats = await this.repository.findMany([...chatIds]);
    // Read after the chats: who was removed before a chat was as it is must not hear of that.
    const groupIds = chats.filter(({ type }) => type === 'group').map(({ id }) => id);
    const groups = groupIds.length === 0 ? null : await this.members.membersOf(groupIds);
    for (const chat of chats) {
      const parties = [chat.buyerId, chat.sellerId].filter((id) => id !== null);
      this.delivery.chatUpdated(groups?.get(chat.id)?.userIds ?? parties, toWireChat(chat));
    }
  }
}
