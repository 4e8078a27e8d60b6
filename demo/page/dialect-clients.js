import { io } from '/socket.io.js';

/**
 * One small client per wire format, each written as a frontend of that format would be.
 *
 * @typedef {object} Room The group that all of them talk in.
 * @property {string} id Its UUID.
 * @property {number} number Its integer, for the formats that know chats by integers.
 *
 * @typedef {object} Heard What a client tells its pane.
 * @property {() => void} joined
 * @property {(message: { senderId: number, text: string }) => void} message
 * @property {(typing: { userId: number, isTyping: boolean }) => void} typing
 * @property {(reason: string) => void} failed
 * @property {(arrow: string, ...words: unknown[]) => void} wire
 *
 * @typedef {object} Client
 * @property {(text: string) => void} send
 * @property {(isTyping: boolean) => void} type
 */

function connect(serviceUrl, auth, heard) {
  const socket = io(`${serviceUrl}/chat`, { auth, forceNew: true });
  socket.onAny((...words) => heard.wire('←', ...words));
  socket.onAnyOutgoing((...words) => heard.wire('→', ...words));
  socket.on('connect_error', (error) => heard.failed(error.message));
  return socket;
}

/** The service's own contract. */
function canonical({ serviceUrl, token, room, heard }) {
  const socket = connect(serviceUrl, { token, dialect: 'canonical' }, heard);
  const ask = (command, payload, done = () => undefined) =>
    socket.emit(command, payload, (answer) =>
      answer.success ? done(answer.data) : heard.failed(answer.error.message),
    );
  socket.on('connection:success', () => ask('chat:join', { chatId: room.id }, heard.joined));
  socket.on('message:new', heard.message);
  socket.on('typing:start', ({ userId }) => heard.typing({ userId, isTyping: true }));
  socket.on('typing:stop', ({ userId }) => heard.typing({ userId, isTyping: false }));
  return {
    send: (text) => ask('message:send', { chatId: room.id, text, clientMessageId: crypto.randomUUID() }),
    type: (isTyping) => ask(isTyping ? 'typing:start' : 'typing:stop', { chatId: room.id }),
  };
}

function rooms({ serviceUrl, token, room, heard }) {
  const chatRoomId = room.id;
  const socket = connect(serviceUrl, { token, dialect: 'rooms' }, heard);
  socket.on('connected', () => socket.emit('joinChatRoom', { chatRoomId }));
  socket.on('joinedChatRoom', heard.joined);
  socket.on('newMessage', ({ senderId, content }) => heard.message({ senderId, text: content }));
  socket.on('userTyping', heard.typing);
  socket.on('error', ({ message }) => heard.failed(message));
  return {
    send: (content) => socket.emit('sendMessage', { chatRoomId, content }),
    type: (isTyping) => socket.emit('typing', { chatRoomId, isTyping }),
  };
}

function conversations({ serviceUrl, token, room, heard }) {
  const conversationId = room.number;
  const socket = connect(serviceUrl, { token: `Bearer ${token}`, dialect: 'conversations' }, heard);
  socket.on('connection:success', () => socket.emit('conversation:join', { conversationId }));
  socket.on('conversation:joined', heard.joined);
  socket.on('message:new', ({ sender, content }) => heard.message({ senderId: sender.id, text: content }));
  // Its own messages come back as this, so that it can tell them from those of others.
  socket.on('message:sent', ({ message }) => heard.message({ senderId: message.sender.id, text: message.content }));
  socket.on('message:error', ({ error }) => heard.failed(error));
  socket.on('typing:start', ({ user }) => heard.typing({ userId: user.userId, isTyping: true }));
  socket.on('typing:stop', ({ user }) => heard.typing({ userId: user.userId, isTyping: false }));
  return {
    send: (content) =>
      socket.emit('message:send', { conversationId, content, messageType: 'text', tempId: Date.now() }),
    type: (isTyping) => socket.emit(isTyping ? 'typing:start' : 'typing:stop', { conversationId }),
  };
}

function live({ serviceUrl, token, room, heard }) {
  const socket = connect(serviceUrl, { dialect: 'live' }, heard);
  socket.on('connect', () => socket.emit('auth:login', { token, userType: 'user' }));
  socket.once('system:notification', () => socket.emit('chat:room:join', room.id));
  socket.on('chat:room:joined', heard.joined);
  socket.on('chat:message', ({ senderId, content }) => heard.message({ senderId, text: content }));
  socket.on('status:typing', heard.typing);
  socket.on('system:error', ({ message }) => heard.failed(message));
  return {
    // To the one room that it has joined.
    send: (content) => socket.emit('chat:message', { content }),
    type: (isTyping) => socket.emit('status:typing', { roomId: room.id, isTyping }),
  };
}

function plainWebSocket({ serviceUrl, token, room, heard }) {
  const url = `${serviceUrl.replace(/^http/, 'ws')}/ws/chat/${room.number}/?token=${encodeURIComponent(token)}`;
  const socket = new WebSocket(url);
  const say = (frame) => {
    heard.wire('→', frame.type, frame);
    socket.send(JSON.stringify(frame));
  };
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    heard.wire('←', frame.type, frame);
    switch (frame.type) {
      case 'connection_established':
        heard.joined();
        break;
      case 'message':
        heard.message({ senderId: frame.data.sender.id, text: frame.data.text });
        break;
      case 'typing':
        heard.typing({ userId: frame.user_id, isTyping: frame.is_typing });
        break;
      case 'error':
        heard.failed(frame.message);
        break;
    }
  });
  socket.addEventListener('close', ({ reason }) => heard.failed(reason || 'the connection was closed'));
  return {
    send: (text) => say({ type: 'message', text }),
    type: (isTyping) => say({ type: 'typing', is_typing: isTyping }),
  };
}

/** By the names under which the handshake chooses them. */
export const clients = { canonical, rooms, conversations, live, 'plain-websocket': plainWebSocket };
