/**
 * The client code that the guide of the live chat service documents, letter for letter: frontends were written from it, so it has to work
 * as it stands. The values of its placeholders come from whoever runs it.
 */

export const connect = `
import { io } from 'socket.io-client';

// Connect to main chat namespace
const chatSocket = io('http://localhost:3000/chat', {
  auth: {
    token: 'your-jwt-token'
  }
});


`;

export const authenticate = `
// Authenticate with the WebSocket server
chatSocket.emit('auth:login', {
  token: 'your-jwt-token',
  userType: 'user'
});

// Listen for authentication response
chatSocket.on('system:notification', (notification) => {
  console.log('Auth result:', notification);
});
`;

export const chat = `
// Send a message
chatSocket.emit('chat:message', {
  content: 'Hello, world!',
  roomId: 'room-123' // optional
});

// Listen for incoming messages
chatSocket.on('chat:message', (message) => {
  console.log('New message:', message);
});

// Create a chat room
chatSocket.emit('chat:room:create', {
  name: 'Support Room',
  participants: ['user1', 'user2']
});

// Join a room
chatSocket.emit('chat:room:join', 'room-123');

// Leave a room
chatSocket.emit('chat:room:leave', 'room-123');
`;

export const status = `
// Update online status
chatSocket.emit('status:update', { isOnline: true });

// Listen for status updates
chatSocket.on('status:online', (status) => {
  console.log('User went online:', status);
});

chatSocket.on('status:offline', (status) => {
  console.log('User went offline:', status);
});

// Typing indicators
chatSocket.emit('status:typing', {
  roomId: 'room-123',
  isTyping: true
});

chatSocket.on('status:typing', (data) => {
  console.log('User is typing:', data);
});
`;

export const printErrors = `
socket.on('system:error', (error) => {
  console.error('WebSocket error:', error.message, error.code);
});
`;

export const testScript = `
const io = require('socket.io-client');

const socket = io('http://localhost:3000/chat', {
  auth: { token: 'your-jwt-token' }
});

socket.on('connect', () => {
  console.log('Connected to WebSocket server');

  // Test authentication
  socket.emit('auth:login', { token: 'your-jwt-token', userType: 'user' });
});

socket.on('system:notification', (notification) => {
  console.log('Notification:', notification);
});

socket.on('chat:message', (message) => {
  console.log('Received message:', message);
});
`;
