import { sendUntilAcked } from './outbox.js';
import { io } from './socket.io.js';
import { Timeline } from './timeline.js';
import { TypingSigns } from './typing-signs.js';

const ANSWER_TIMEOUT_MS = 8_000;
const RECONNECT_MS = 2_000;
/** Well under the ten seconds after which a typing sign lapses, so that steady typing never flickers. */
const TYPING_RENEWAL_MS = 4_000;

/** One user's connection and the chat they look at. Knows nothing of the page; `onChange` says "draw again". */
export class Conversation {
  connection = 'connecting';
  chat = null;
  timeline = new Timeline();
  hasOlder = false;
  peer = { userId: null, online: false };
  typing = new TypingSigns(() => this.#changed());
  /** A chat that somebody else opened or wrote in, while another one or none is shown. */
  invitation = null;
  notice = '';

  #marketplace;
  #onChange;
  /** The chat that is to be shown, also while there is no connection to ask for it. */
  #chatId;
  /** What the next message is about, where that is not what the chat is about already. */
  #productId = null;
  #typingSentAt = 0;
  #renewal = null;

  /** @param options `chatId`: the chat to show once connected, or null */
  constructor({ serviceUrl, marketplace, session, chatId, onChange }) {
    this.session = session;
    this.#chatId = chatId;
    this.#marketplace = marketplace;
    this.#onChange = onChange;
    // A function, so that every reconnect presents the newest token; and a connection of its own per user.
    this.socket = io(`${serviceUrl}/chat`, {
      auth: (present) => present({ token: this.session.token }),
      forceNew: true,
    });
    this.#listen();
  }

  get chatId() {
    return this.#chatId;
  }

  get me() {
    return this.session.user.id;
  }

  close() {
    this.socket.disconnect();
    this.session = null;
    this.typing.clear();
  }

  /** Opens the chat of the two, or the one they have. */
  async open({ buyerId, sellerId, productId }) {
    const chat = await this.#request('chat:create', { buyerId, sellerId, productId });
    // An old chat may still be about another product; the next message turns it.
    this.#productId = productId !== undefined && chat.productId !== productId ? productId : null;
    await this.join(chat.id);
  }

  /** Shows a chat: its latest page, its members, and whatever happens from now on. */
  async join(chatId) {
    const joined = await this.#request('chat:join', { chatId });
    if (this.chat?.id !== chatId) {
      this.timeline = new Timeline();
      this.typing.clear();
      this.hasOlder = joined.hasMore;
    }
    this.chat = joined.chat;
    this.notice = joined.chat.closedAt === null ? this.notice : 'The marketplace has closed this chat';
    this.#chatId = chatId;
    this.invitation = null;
    const peer = joined.members.find(({ userId }) => userId !== this.me);
    this.peer = { userId: peer.userId, online: peer.online };
    this.timeline.add(joined.messages);
    this.#changed();
    await this.#fillHoles();
  }

  async loadOlder() {
    const page = await this.#request('chat:history', { chatId: this.chat.id, beforeSeq: this.timeline.firstSeq });
    this.timeline.add(page.messages);
    this.hasOlder = page.hasMore;
    this.#changed();
  }

  /** Shows the message at once, then sends it. */
  async send(text) {
    const draft = { clientMessageId: crypto.randomUUID(), chatId: this.chat.id, senderId: this.me, text };
    if (this.#productId !== null) {
      draft.productId = this.#productId;
      this.#productId = null;
    }
    this.timeline.addPending(draft);
    this.#stopTyping();
    await this.#deliver(draft);
  }

  /** Sends a message again that was given up, under its old `clientMessageId`. */
  async retry(clientMessageId) {
    const draft = this.timeline.pending(clientMessageId);
    if (draft?.state === 'failed') {
      this.timeline.markPending(clientMessageId, 'sending');
      await this.#deliver(draft);
    }
  }

  /** To be called on every keystroke; tells the others now and then. */
  keystroke(text) {
    if (text === '') {
      this.#stopTyping();
    } else if (Date.now() - this.#typingSentAt > TYPING_RENEWAL_MS) {
      this.#typingSentAt = Date.now();
      this.socket.volatile.emit('typing:start', { chatId: this.chat.id });
    }
  }

  /** Trades the token for a fresh one without leaving the connection. Concurrent calls share one renewal. */
  refreshToken() {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew() {
    this.session = await this.#marketplace.refresh(this.session.token);
    if (this.socket.connected) {
      await this.#request('auth:refresh-token', { token: this.session.token });
      this.notice = 'Token refreshed';
    } else {
      this.socket.connect();
    }
    this.#changed();
  }

  async #deliver({ clientMessageId, chatId, text, productId }) {
    this.#changed();
    const { timeline } = this;
    try {
      const payload = { chatId, text, clientMessageId, productId };
      timeline.add([await sendUntilAcked(() => this.#request('message:send', payload))]);
    } catch (error) {
      timeline.markPending(clientMessageId, 'failed', error.message);
    }
    this.#changed();
  }

  async #fillHoles() {
    while (this.timeline.hasHole) {
      const page = await this.#request('chat:history', { chatId: this.chat.id, afterSeq: this.timeline.heldUpTo });
      this.timeline.add(page.messages);
      this.#changed();
    }
  }

  #stopTyping() {
    if (this.#typingSentAt > 0) {
      this.#typingSentAt = 0;
      this.socket.emit('typing:stop', { chatId: this.chat.id });
    }
  }

  #listen() {
    const on = (event, react) =>
      this.socket.on(event, (payload) => {
        react(payload);
        this.#changed();
      });
    const inThisChat = (react) => (payload) => {
      if (payload.chatId === this.chat?.id) {
        react(payload);
      }
    };

    on('connection:success', () => {
      this.connection = 'online';
      this.notice = '';
      // After a break: what was missed lies in the page that joining gives, or in the hole it leaves.
      if (this.#chatId !== null) {
        this.#inBackground(this.join(this.#chatId));
      }
    });
    on('disconnect', (reason) => {
      this.connection = 'offline';
      this.peer.online = false;
      // Socket.IO comes back by itself, except from a disconnect that the service asked for.
      if (reason === 'io server disconnect') {
        setTimeout(() => this.session !== null && this.#renewal === null && this.socket.connect(), RECONNECT_MS);
      }
    });
    on(
      'message:new',
      inThisChat((message) => {
        this.timeline.add([message]);
        this.typing.hide(message.senderId);
        this.#inBackground(this.#fillHoles());
      }),
    );
    on('message:notification', ({ chatId, message, unreadCount }) => {
      this.invitation = { chatId, fromUserId: message.senderId, text: message.text, unreadCount };
    });
    on('chat:created', (chat) => {
      const fromUserId = chat.buyerId === this.me ? chat.sellerId : chat.buyerId;
      if (chat.id !== this.chat?.id) {
        this.invitation = { chatId: chat.id, fromUserId, text: null, unreadCount: 0 };
      }
    });
    on('chat:updated', (chat) => {
      if (chat.id === this.chat?.id) {
        this.chat = chat;
      }
    });
    const closing = (chat) => {
      if (chat.id === this.chat?.id) {
        this.chat = chat;
        this.notice = chat.closedAt === null ? '' : 'The marketplace has closed this chat';
      }
    };
    on('chat:closed', closing);
    on('chat:reopened', closing);
    on(
      'typing:start',
      inThisChat(({ userId, expiresInMs }) => this.typing.show(userId, expiresInMs)),
    );
    on(
      'typing:stop',
      inThisChat(({ userId }) => this.typing.hide(userId)),
    );
    on('user:online', ({ userId }) => this.#setPresence(userId, true));
    on('user:offline', ({ userId }) => this.#setPresence(userId, false));
    on('auth:token-expired', () => this.#inBackground(this.refreshToken()));
    on('auth:error', ({ code, error }) => {
      this.notice = `${code}: ${error}`;
      if (code === 'AUTH_SERVICE_ERROR') {
        return;
      }
      // No use knocking again with this token: take a fresh one, or send the user to the login.
      this.socket.disconnect();
      this.refreshToken().catch(() => {
        this.connection = 'refused';
        this.#changed();
      });
    });
    on('error', ({ code, message }) => {
      this.notice = `${code}: ${message}`;
    });
    on('server:draining', () => {
      this.notice = 'This instance is going away; looking for the next one';
    });
  }

  #setPresence(userId, online) {
    if (userId === this.peer.userId) {
      this.peer.online = online;
    }
  }

  async #request(command, payload) {
    const answer = await this.socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(command, payload);
    if (answer.success) {
      return answer.data;
    }
    // The token ended a moment ago: the command waits for the renewal instead of failing.
    if (answer.error.code === 'TOKEN_EXPIRED' && command !== 'auth:refresh-token') {
      await this.refreshToken();
      return this.#request(command, payload);
    }
    throw Object.assign(new Error(answer.error.message), answer.error);
  }

  #inBackground(work) {
    work.catch((error) => {
      this.notice = error.message;
      this.#changed();
    });
  }

  #changed() {
    if (this.session !== null) {
      this.#onChange();
    }
  }
}
