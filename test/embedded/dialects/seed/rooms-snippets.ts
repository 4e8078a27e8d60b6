/**
 * The client code that the guide of the chat rooms service documents, letter for letter: frontends were written from it, so it has to work
 * as it stands. The values of its placeholders come from whoever runs it.
 */

export const connect = `
const socket = io('http://localhost:3000/chat', {
  auth: { token: 'your-jwt-token' }
});
`;

export const createRoom = `
socket.emit('createChatRoom', {
  name: 'My Chat Room',
  type: 'GROUP',
  participantIds: ['user1', 'user2']
});
`;

export const joinRoom = `
socket.emit('joinChatRoom', {
  chatRoomId: 'room_123'
});
`;

export const sendMessage = `
socket.emit('sendMessage', {
  chatRoomId: 'room_123',
  content: 'Hello everyone!'
});
`;

export const typing = `
// Начать печатать
socket.emit('typing', {
  chatRoomId: 'room_123',
  isTyping: true
});

// Остановить печатать
socket.emit('typing', {
  chatRoomId: 'room_123',
  isTyping: false
});
`;

/** Of its chapter on finding faults, like those that follow. */
export const connectAndPrintAll = `
const socket = io('http://localhost:3000/chat', {
  auth: { token: 'your-jwt-token' }
});

// Логирование всех событий
socket.onAny((event, ...args) => {
  console.log('Socket event:', event, args);
});
`;

export const printConnection = `
socket.on('connect', () => {
  console.log('Connected to WebSocket server');
});

socket.on('disconnect', (reason) => {
  console.log('Disconnected:', reason);
});
`;

export const printErrors = `
socket.on('error', (error) => {
  console.error('WebSocket error:', error);
});
`;
