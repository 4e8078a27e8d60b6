import { Conversation } from './conversation.js';
import { showWire } from './wire-log.js';

const CONNECTION_TEXT = { connecting: 'connecting…', online: 'online', offline: 'offline, reconnecting…' };

/** One half of the page: one user, from login to chat. All text enters the page as text, never as markup. */
export class Pane {
  #role;
  #settings;
  #marketplace;
  #users;
  #products;
  #conversation = null;
  #rows = new Map();

  constructor({ role, settings, marketplace, users, products }) {
    this.#role = role;
    this.#settings = settings;
    this.#marketplace = marketplace;
    this.#users = users;
    this.#products = products;
    this.element = document.querySelector('#pane').content.firstElementChild.cloneNode(true);
    this.element.classList.add(role);
    this.element.setAttribute('aria-label', role === 'buyer' ? 'Buyer' : 'Seller');
    this.#part('.open-label').textContent = role === 'buyer' ? 'Talk about' : 'Talk with';
    const text = this.#part('.composer input');
    text.id = `${role}-text`;
    this.#part('.composer label').htmlFor = text.id;
    this.#fillChoices();
    this.#bind();
    setInterval(() => this.#drawToken(), 1_000);
  }

  /** Takes up the session and chat that this browser tab had before a reload. */
  resume() {
    const saved = JSON.parse(sessionStorage.getItem(this.#role) ?? 'null');
    if (saved !== null) {
      this.#enter(saved.session, saved.chatId);
    }
    this.#draw();
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #userName(id) {
    const user = this.#users.find((candidate) => candidate.id === id);
    return user === undefined ? `User ${id}` : `${user.firstName} ${user.lastName}`;
  }

  #fillChoices() {
    const own = this.#users.filter(({ role }) => role === this.#role);
    this.#part('.login select').append(...own.map(({ id, email }) => new Option(this.#userName(id), email)));
    const partners =
      this.#role === 'buyer'
        ? this.#products.map(({ id, title, sellerId }) => new Option(`${title} (${this.#userName(sellerId)})`, id))
        : this.#users.filter(({ role }) => role === 'buyer').map(({ id }) => new Option(this.#userName(id), id));
    this.#part('.open select').append(...partners);
  }

  #bind() {
    const onSubmit = (selector, act) =>
      this.#part(selector).addEventListener('submit', (event) => {
        event.preventDefault();
        this.#try(act(event.target));
      });
    const onClick = (selector, act) => this.#part(selector).addEventListener('click', () => this.#try(act()));

    onSubmit('.login', async (form) => this.#enter(await this.#marketplace.login(form.user.value), null));
    onSubmit('.open', (form) => this.#conversation.open(this.#chosenChat(Number(form.partner.value))));
    onSubmit('.composer', async (form) => {
      const text = form.text.value;
      form.reset();
      await this.#conversation.send(text);
    });
    onClick('.invitation button', () => this.#conversation.join(this.#conversation.invitation.chatId));
    onClick('.older', () => this.#conversation.loadOlder());
    onClick('.refresh', () => this.#conversation.refreshToken());
    onClick('.leave', async () => this.#exit());
    this.#part('.composer input').addEventListener('input', ({ target }) => this.#conversation.keystroke(target.value));
  }

  #chosenChat(choice) {
    const me = this.#conversation.me;
    if (this.#role === 'seller') {
      return { buyerId: choice, sellerId: me };
    }
    const product = this.#products.find(({ id }) => id === choice);
    return { buyerId: me, sellerId: product.sellerId, productId: product.id };
  }

  #enter(session, chatId) {
    this.#conversation = new Conversation({
      serviceUrl: this.#settings.serviceUrl,
      marketplace: this.#marketplace,
      session,
      chatId,
      onChange: () => this.#draw(),
    });
    showWire(this.#conversation.socket, this.#part('.wire ol'));
    this.#draw();
  }

  #exit() {
    this.#conversation.close();
    this.#conversation = null;
    this.#rows.clear();
    this.#part('.messages').replaceChildren();
    sessionStorage.removeItem(this.#role);
    this.#draw();
  }

  #try(work) {
    work.catch((error) => this.#tell(error.message));
  }

  #tell(text) {
    if (this.#conversation !== null) {
      this.#conversation.notice = text;
    }
    this.#part('.notice').textContent = text;
  }

  #draw() {
    const conversation = this.#conversation;
    if (conversation?.connection === 'refused') {
      this.#exit();
      this.#tell('The session is over; log in again');
      return;
    }
    const entered = conversation !== null;
    this.#part('.login').hidden = entered;
    this.#part('.leave').hidden = !entered;
    this.#part('.open').hidden = !entered;
    this.#part('.session').hidden = !entered;
    this.#part('.talk').hidden = !entered || conversation.chat === null;
    this.#part('.avatar').hidden = !entered;
    this.#part('.name').textContent = entered ? this.#userName(conversation.me) : `A ${this.#role}`;
    this.#part('.connection').textContent = entered ? CONNECTION_TEXT[conversation.connection] : 'not logged in';
    this.element.dataset.connection = entered ? conversation.connection : 'none';
    if (!entered) {
      this.#part('.invitation').hidden = true;
      return;
    }
    this.#part('.avatar').src = conversation.session.user.avatarUrl;
    this.#part('.notice').textContent = conversation.notice;
    this.#drawToken();
    this.#drawInvitation(conversation.invitation);
    if (conversation.chat !== null) {
      this.#drawTalk(conversation);
    }
    const { session, chatId } = conversation;
    sessionStorage.setItem(this.#role, JSON.stringify({ session, chatId }));
  }

  #drawToken() {
    if (this.#conversation !== null) {
      const seconds = Math.max(0, Math.round((this.#conversation.session.expiresAt - Date.now()) / 1_000));
      this.#part('.token').textContent = seconds === 0 ? 'Token expired' : `Token good for ${seconds} s`;
    }
  }

  #drawInvitation(invitation) {
    this.#part('.invitation').hidden = invitation === null;
    if (invitation !== null) {
      const name = this.#userName(invitation.fromUserId);
      this.#part('.invitation span').textContent =
        invitation.text === null
          ? `${name} opened a chat.`
          : `${name} (${invitation.unreadCount} unread): ${invitation.text}`;
    }
  }

  #drawTalk({ chat, peer, typing, timeline, hasOlder }) {
    const product = this.#products.find(({ id }) => id === chat.productId);
    this.#part('.peer-name').textContent = this.#userName(peer.userId);
    this.#part('.peer-state').textContent = peer.online ? 'online' : 'offline';
    this.#part('.peer').dataset.online = String(peer.online);
    this.#part('.product').textContent = product === undefined ? '' : `about: ${product.title}`;
    this.#part('.typing').textContent = typing.userIds.map((id) => `${this.#userName(id)} is typing…`).join(' ');
    this.#part('.older').hidden = !hasOlder;
    this.#drawMessages(timeline.items());
  }

  /** Touches only the rows that changed, so that a screen reader announces new messages and not the whole list. */
  #drawMessages(items) {
    const list = this.#part('.messages');
    const scroll = this.#part('.scroll');
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
    const kept = new Set(items.map(rowKey));
    for (const [key, row] of this.#rows) {
      if (!kept.has(key)) {
        row.remove();
        this.#rows.delete(key);
      }
    }
    items.forEach((item, place) => {
      const row = this.#rows.get(rowKey(item)) ?? document.createElement('li');
      this.#rows.set(rowKey(item), row);
      this.#drawRow(row, item);
      if (list.children[place] !== row) {
        list.insertBefore(row, list.children[place] ?? null);
      }
    });
    if (atEnd) {
      scroll.scrollTop = scroll.scrollHeight;
    }
  }

  #drawRow(row, { text, senderId, state = 'stored', reason, createdAt, seq, clientMessageId }) {
    const version = `${state} ${seq}`;
    if (row.dataset.version === version) {
      return;
    }
    row.dataset.version = version;
    row.dataset.state = state;
    row.className = senderId === this.#conversation.me ? 'mine' : 'theirs';
    const body = document.createElement('p');
    body.textContent = text;
    const foot = document.createElement('small');
    foot.textContent = state === 'stored' ? new Date(createdAt).toLocaleTimeString() : reason || 'sending…';
    row.replaceChildren(body, foot);
    if (state === 'failed') {
      const again = document.createElement('button');
      again.type = 'button';
      again.textContent = 'Send again';
      again.addEventListener('click', () => this.#try(this.#conversation.retry(clientMessageId)));
      row.append(again);
    }
  }
}

/** The same for a pending message and the stored one it becomes, so that its row stays where it is. */
function rowKey({ senderId, clientMessageId }) {
  return `${senderId} ${clientMessageId}`;
}
