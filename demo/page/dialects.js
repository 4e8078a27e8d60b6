import { io } from '/socket.io.js';
import { clients } from './dialect-clients.js';
import { Marketplace } from './marketplace.js';

const KEPT_WIRE_LINES = 60;
/** A sign without a second keystroke goes by itself. */
const TYPING_PAUSE_MS = 2_000;

/** One client of one dialect, as a pane. All text enters the page as text, never as markup. */
class DialectPane {
  #names;
  #me;
  #typing = new Set();
  #client;
  #pause;

  constructor({ dialect, session, names }) {
    this.#names = names;
    this.#me = session.user.id;
    this.element = document.querySelector('#dialect').content.firstElementChild.cloneNode(true);
    this.element.setAttribute('aria-label', dialect);
    this.#part('.name').textContent = `${names.get(this.#me)}: ${dialect}`;
    const input = this.#part('.composer input');
    input.id = `${dialect}-text`;
    this.#part('.composer label').htmlFor = input.id;
    this.#part('.composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#client.send(input.value);
      input.value = '';
      this.#rest();
    });
    input.addEventListener('input', () => this.#keystroke());
  }

  enter(open, context) {
    this.#client = open({
      ...context,
      heard: {
        joined: () => this.#joined(),
        message: (message) => this.#show(message),
        typing: (typing) => this.#showTyping(typing),
        failed: (reason) => this.#tell(reason),
        wire: (arrow, ...words) => this.#log(arrow, words),
      },
    });
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #joined() {
    this.element.dataset.connection = 'joined';
    this.#part('.connection').textContent = 'in the chat';
    for (const control of this.element.querySelectorAll('.composer [disabled]')) {
      control.disabled = false;
    }
  }

  #show({ senderId, text }) {
    const row = document.createElement('li');
    row.className = senderId === this.#me ? 'mine' : 'theirs';
    const body = document.createElement('p');
    body.textContent = text;
    const foot = document.createElement('small');
    foot.textContent = this.#names.get(senderId) ?? 'Marketplace';
    row.append(body, foot);
    this.#part('.messages').append(row);
    row.scrollIntoView({ block: 'nearest' });
  }

  #showTyping({ userId, isTyping }) {
    this.#typing[isTyping ? 'add' : 'delete'](userId);
    this.#part('.typing').textContent = [...this.#typing].map((id) => `${this.#names.get(id)} is typing…`).join(' ');
  }

  #keystroke() {
    if (this.#pause === undefined) {
      this.#client.type(true);
    }
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#rest(), TYPING_PAUSE_MS);
  }

  #rest() {
    if (this.#pause !== undefined) {
      clearTimeout(this.#pause);
      this.#pause = undefined;
      this.#client.type(false);
    }
  }

  #tell(text) {
    this.#part('.notice').textContent = text;
  }

  #log(arrow, words) {
    const list = this.#part('.wire ol');
    const line = document.createElement('li');
    const [event, ...args] = words.filter((word) => typeof word !== 'function');
    line.textContent = `${arrow} ${event} ${args.map((arg) => JSON.stringify(arg, withoutToken)).join(' ')}`;
    list.prepend(line);
    list.children[KEPT_WIRE_LINES]?.remove();
  }
}

function withoutToken(key, value) {
  return key === 'token' ? '…' : value;
}

/** Opens the group, or finds the one of before: the key is the same on every visit. */
async function openRoom(serviceUrl, owner, others) {
  const socket = io(`${serviceUrl}/chat`, { auth: { token: owner.token, dialect: 'canonical' }, forceNew: true });
  await new Promise((resolve, reject) => {
    socket.once('connection:success', resolve);
    socket.once('auth:error', ({ error }) => reject(new Error(error)));
    socket.once('connect_error', reject);
  });
  const answer = await socket.emitWithAck('chat:create', {
    type: 'group',
    name: 'Five dialects',
    userIds: others.map(({ user }) => user.id),
    clientChatId: 'five dialects',
  });
  socket.disconnect();
  if (!answer.success) {
    throw new Error(answer.error.message);
  }
  return answer.data.id;
}

/** A frontend that knows chats by integers finds them in its list. */
async function numberOf(serviceUrl, { token }) {
  const response = await fetch(`${serviceUrl}/api/chat/conversations`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const answer = await response.json();
  if (!answer.success) {
    throw new Error(answer.error.message);
  }
  return answer.data.conversations.find(({ name }) => name === 'Five dialects').id;
}

async function start() {
  const response = await fetch('/settings.json');
  if (!response.ok) {
    throw new Error('the demo is still starting; reload in a moment');
  }
  const { serviceUrl, marketplaceUrl, password } = await response.json();
  const marketplace = new Marketplace(marketplaceUrl, password);
  const users = await marketplace.users();
  const names = new Map(users.map(({ id, firstName }) => [id, firstName]));
  const dialects = Object.keys(clients);
  const sessions = await Promise.all(dialects.map((_, place) => marketplace.login(users[place].email)));
  const [owner, ...others] = sessions;
  const id = await openRoom(serviceUrl, owner, others);
  const room = { id, number: await numberOf(serviceUrl, owner) };
  dialects.forEach((dialect, place) => {
    const session = sessions[place];
    const pane = new DialectPane({ dialect, session, names });
    document.querySelector('main').append(pane.element);
    pane.enter(clients[dialect], { serviceUrl, token: session.token, room });
  });
}

start().catch((error) => {
  const fault = document.querySelector('.fault');
  fault.textContent = `Unable to start: ${error.message}`;
  fault.hidden = false;
});
