/**
 * The client code that the README of the original service documents, letter for letter: frontends were written from
 * it, so it has to work as it stands. `import` and the values of the placeholders come from whoever runs it.
 */

export const connectWithAuth = `
const socket = io('http://localhost:3001/chat', {
  auth: {
    token: token
  },
  // Или через query параметры:
  // query: {
  //   token: token
  // }
});
`;

/** The variant that stands in the comment above. */
export const connectWithQuery = `
const socket = io('http://localhost:3001/chat', {
  query: {
    token: token
  }
});
`;

export const onAuthError = `
socket.on('auth:error', (data) => {
  console.log('Auth error:', data);
  // { error: '...', code: 'TOKEN_REQUIRED' | 'TOKEN_INVALID' | 'AUTH_SERVICE_ERROR' }
});
`;

export const onTokenExpired = `
socket.on('auth:token-expired', (data) => {
  console.log('Token expired:', data);
  // { error: 'Token expired', code: 'TOKEN_EXPIRED' }
  // Обновите токен и отправьте событие auth:refresh-token
});
`;

export const refreshToken = `
socket.emit('auth:refresh-token', {
  token: 'new-jwt-token'
}, (response) => {
  if (response.success) {
    console.log('Token refreshed successfully');
  }
});
`;

export const sendMessage = `
socket.emit('message:send', {
  chatId: 'uuid',
  text: 'Текст сообщения',
  productId: 123 // опционально
});
`;

export const startTyping = `
socket.emit('typing:start', {
  chatId: 'uuid'
});
`;

export const stopTyping = `
socket.emit('typing:stop', {
  chatId: 'uuid'
});
`;

export const joinChat = `
socket.emit('chat:join', {
  chatId: 'uuid'
});
`;

export const createChat = `
socket.emit('chat:create', {
  buyerId: 123,
  sellerId: 456
});
`;

export const listOnlineUsers = `
socket.emit('users:online');
`;

/** All the listeners that print what arrives. */
export const listeners = `
socket.on('message:new', (data) => {
  console.log('New message:', data);
  // { id, chatId, senderId, text, productId, createdAt }
});

socket.on('typing:start', (data) => {
  console.log('User typing:', data);
  // { chatId, userId }
});

socket.on('typing:stop', (data) => {
  console.log('User stopped typing:', data);
  // { chatId, userId }
});

socket.on('user:online', (data) => {
  console.log('User online:', data);
  // { userId }
});

socket.on('user:offline', (data) => {
  console.log('User offline:', data);
  // { userId }
});

socket.on('chat:created', (data) => {
  console.log('Chat created:', data);
  // { id, buyerId, sellerId, createdAt }
});
`;
