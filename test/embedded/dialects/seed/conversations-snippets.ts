/**
 * The client code that the guide of the conversations service documents, letter for letter: frontends were written from it, so it has to
 * work as it stands. The values of its placeholders come from whoever runs it.
 */

export const connect = `
import { io } from 'socket.io-client';

// Initialize connection
const socket = io('http://your-backend-url/chat', {
  auth: {
    // Temporary format for testing: "userId:userType"
    // In production, pass actual JWT token
    token: \`\${userId}:\${userType}\` // e.g., "123:influencer" or "456:brand"
  },
  autoConnect: true,
  reconnection: true,
  reconnectionDelay: 1000,
  reconnectionAttempts: 5,
});

// Listen for connection success
socket.on('connection:success', (data) => {
  console.log('Connected to chat server:', data);
  // data: { userId, userType, socketId }
});

// Handle connection errors
socket.on('connect_error', (error) => {
  console.error('Connection error:', error);
});

// Handle disconnection
socket.on('disconnect', (reason) => {
  console.log('Disconnected:', reason);
});
`;

export const join = `
socket.emit('conversation:join', {
  conversationId: 123
});

// Listen for confirmation
socket.on('conversation:joined', (data) => {
  console.log('Joined conversation:', data);
  // data: { conversationId, room }
});
`;

export const leave = `
socket.emit('conversation:leave', {
  conversationId: 123
});

socket.on('conversation:left', (data) => {
  console.log('Left conversation:', data);
});
`;

export const send = `
socket.emit('message:send', {
  conversationId: 123,
  content: 'Hello!',
  messageType: 'text', // 'text', 'image', 'file'
  tempId: Date.now(), // Optional: for optimistic UI updates
  // Optional fields:
  attachmentUrl: 'https://...',
  attachmentName: 'file.pdf'
});

// Listen for sent confirmation
socket.on('message:sent', (data) => {
  console.log('Message sent:', data);
  // data: { tempId, message }
  // Use tempId to update optimistic message in UI
});

// Handle send errors
socket.on('message:error', (data) => {
  console.error('Message failed:', data);
  // data: { error, tempId }
});
`;

export const markAsRead = `
socket.emit('message:read', {
  conversationId: 123,
  messageId: 456 // Optional: mark all up to this message
});

socket.on('message:read:success', (data) => {
  console.log('Marked as read:', data);
});
`;

export const type = `
// User starts typing
socket.emit('typing:start', {
  conversationId: 123
});

// User stops typing
socket.emit('typing:stop', {
  conversationId: 123
});
`;

export const checkOnline = `
socket.emit('user:check:online', {
  userId: 789,
  userType: 'brand' // or 'influencer'
});

socket.on('user:online:status', (data) => {
  console.log('User online status:', data);
  // data: { userId, userType, isOnline: true/false }
});
`;

export const onMessage = `
socket.on('message:new', (message) => {
  console.log('New message received:', message);
  /*
  message: {
    id: 789,
    conversationId: 123,
    sender: {
      id: 456,
      username: 'john_doe',
      firstName: 'John',
      lastName: 'Doe',
      profileImage: 'https://...'
    },
    senderType: 'influencer',
    messageType: 'text',
    content: 'Hello!',
    isRead: false,
    createdAt: '2025-11-14T...',
    attachmentUrl: null,
    attachmentName: null
  }
  */

  // Add message to your chat UI
  // Play notification sound
  // Update conversation list
});
`;

export const onRead = `
socket.on('message:read', (data) => {
  console.log('Messages marked as read:', data);
  /*
  data: {
    conversationId: 123,
    messageId: 456,
    readBy: {
      userId: 789,
      userType: 'brand'
    }
  }
  */

  // Update message read status in UI
  // Show double checkmarks, etc.
});
`;

export const onTyping = `
socket.on('typing:start', (data) => {
  console.log('User is typing:', data);
  // data: { conversationId, user: { userId, userType } }

  // Show "User is typing..." indicator
});

socket.on('typing:stop', (data) => {
  console.log('User stopped typing:', data);

  // Hide typing indicator
});
`;

export const onPresence = `
socket.on('user:online', (data) => {
  console.log('User came online:', data);
  // data: { userId, userType }

  // Show green dot, update status
});

socket.on('user:offline', (data) => {
  console.log('User went offline:', data);

  // Show gray dot, update status
});
`;

export const onNotification = `
socket.on('message:notification', (data) => {
  console.log('New message notification:', data);
  // data: { conversationId, message }

  // Show browser notification
  // Update unread badge
  // Play sound
});
`;

/** The complete frontend. Its JSX and imports are for whoever runs it to understand. */
export const component = `
import React, { useEffect, useState, useRef } from 'react';
import { io } from 'socket.io-client';

function ChatComponent({ userId, userType, conversationId }) {
  const [messages, setMessages] = useState([]);
  const [newMessage, setNewMessage] = useState('');
  const [isTyping, setIsTyping] = useState(false);
  const [isOnline, setIsOnline] = useState(false);
  const socketRef = useRef(null);
  const typingTimeoutRef = useRef(null);

  useEffect(() => {
    // Initialize socket connection
    socketRef.current = io('http://localhost:3000/chat', {
      auth: {
        token: \`\${userId}:\${userType}\` // Replace with actual JWT in production
      }
    });

    const socket = socketRef.current;

    // Connection events
    socket.on('connection:success', (data) => {
      console.log('Connected:', data);
      // Join the conversation room
      socket.emit('conversation:join', { conversationId });
    });

    // Listen for new messages
    socket.on('message:new', (message) => {
      setMessages(prev => [...prev, message]);
      // Play notification sound
      new Audio('/notification.mp3').play();
    });

    // Listen for typing indicators
    socket.on('typing:start', (data) => {
      if (data.user.userId !== userId) {
        setIsTyping(true);
      }
    });

    socket.on('typing:stop', (data) => {
      if (data.user.userId !== userId) {
        setIsTyping(false);
      }
    });

    // Listen for read receipts
    socket.on('message:read', (data) => {
      setMessages(prev =>
        prev.map(msg =>
          msg.id <= data.messageId
            ? { ...msg, isRead: true, readAt: new Date() }
            : msg
        )
      );
    });

    // Cleanup on unmount
    return () => {
      socket.emit('conversation:leave', { conversationId });
      socket.disconnect();
    };
  }, [userId, userType, conversationId]);

  const handleSendMessage = () => {
    if (!newMessage.trim()) return;

    const tempId = Date.now();

    // Optimistic UI update
    const optimisticMessage = {
      id: tempId,
      content: newMessage,
      senderType: userType,
      createdAt: new Date(),
      isRead: false,
      isSending: true
    };
    setMessages(prev => [...prev, optimisticMessage]);

    // Send via WebSocket
    socketRef.current.emit('message:send', {
      conversationId,
      content: newMessage,
      messageType: 'text',
      tempId
    });

    // Clear input
    setNewMessage('');

    // Stop typing indicator
    socketRef.current.emit('typing:stop', { conversationId });
  };

  const handleTyping = (e) => {
    setNewMessage(e.target.value);

    // Send typing start
    socketRef.current.emit('typing:start', { conversationId });

    // Clear existing timeout
    if (typingTimeoutRef.current) {
      clearTimeout(typingTimeoutRef.current);
    }

    // Send typing stop after 2 seconds of inactivity
    typingTimeoutRef.current = setTimeout(() => {
      socketRef.current.emit('typing:stop', { conversationId });
    }, 2000);
  };

  const handleMarkAsRead = (messageId) => {
    socketRef.current.emit('message:read', {
      conversationId,
      messageId
    });
  };

  return (
    <div className="chat-container">
      <div className="chat-header">
        <h3>Conversation {conversationId}</h3>
        {isOnline && <span className="online-indicator">‚óè Online</span>}
      </div>

      <div className="messages-container">
        {messages.map(msg => (
          <div key={msg.id} className={\`message \${msg.senderType === userType ? 'sent' : 'received'}\`}>
            <p>{msg.content}</p>
            <span className="timestamp">{new Date(msg.createdAt).toLocaleTimeString()}</span>
            {msg.isRead && <span className="read-receipt">‚úì‚úì</span>}
          </div>
        ))}
        {isTyping && <div className="typing-indicator">Typing...</div>}
      </div>

      <div className="message-input">
        <input
          type="text"
          value={newMessage}
          onChange={handleTyping}
          onKeyPress={e => e.key === 'Enter' && handleSendMessage()}
          placeholder="Type a message..."
        />
        <button onClick={handleSendMessage}>Send</button>
      </div>
    </div>
  );
}

export default ChatComponent;
`;

/** For the console of a browser. */
export const browserConsole = `
const socket = io('http://localhost:3000/chat', {
  auth: { token: '1:influencer' }
});

socket.on('connection:success', (data) => console.log('Connected:', data));
socket.emit('conversation:join', { conversationId: 1 });
socket.emit('message:send', { conversationId: 1, content: 'Test message' });
socket.on('message:new', (msg) => console.log('New message:', msg));
`;

export const connectWithBearer = `
// Frontend
const token = localStorage.getItem('accessToken');
const socket = io('http://your-api.com/chat', {
  auth: { token: \`Bearer \${token}\` }
});
`;
