/**
 * The client code that the guide of the plain WebSocket chat documents, letter for letter: frontends were written from it, so it
 * has to work as it stands. The frames of the guide are kept as the values that they are.
 */

export const connect = `
const token = 'your_jwt_token_here';
const chatId = 1;

const socket = new WebSocket(\`ws://localhost:8000/ws/chat/\${chatId}/\`);

// Добавляем токен в заголовки
socket.onopen = function() {
    // Токен передается автоматически через заголовки
    console.log('Connected to chat');
};

socket.onmessage = function(event) {
    const data = JSON.parse(event.data);
    console.log('Received:', data);
};
`;

export const chatClass = `
class ChatWebSocket {
    constructor(chatId, token) {
        this.chatId = chatId;
        this.token = token;
        this.socket = null;
        this.isTyping = false;
        this.typingTimeout = null;
    }

    connect() {
        this.socket = new WebSocket(\`ws://localhost:8000/ws/chat/\${this.chatId}/\`);
        
        this.socket.onopen = () => {
            console.log('Connected to chat');
        };

        this.socket.onmessage = (event) => {
            const data = JSON.parse(event.data);
            this.handleMessage(data);
        };

        this.socket.onclose = () => {
            console.log('Disconnected from chat');
        };

        this.socket.onerror = (error) => {
            console.error('WebSocket error:', error);
        };
    }

    handleMessage(data) {
        switch (data.type) {
            case 'connection_established':
                console.log('Connection established:', data.message);
                break;
                
            case 'message':
                this.displayMessage(data.data);
                break;
                
            case 'typing':
                this.showTypingIndicator(data);
                break;
                
            case 'messages_read':
                this.showReadIndicator(data);
                break;
                
            case 'error':
                console.error('WebSocket error:', data.message);
                break;
        }
    }

    sendMessage(text) {
        if (this.socket && this.socket.readyState === WebSocket.OPEN) {
            this.socket.send(JSON.stringify({
                type: 'message',
                text: text
            }));
        }
    }

    startTyping() {
        if (!this.isTyping) {
            this.isTyping = true;
            this.socket.send(JSON.stringify({
                type: 'typing',
                is_typing: true
            }));
        }
        
        // Сбрасываем таймер
        clearTimeout(this.typingTimeout);
        this.typingTimeout = setTimeout(() => {
            this.stopTyping();
        }, 3000);
    }

    stopTyping() {
        if (this.isTyping) {
            this.isTyping = false;
            this.socket.send(JSON.stringify({
                type: 'typing',
                is_typing: false
            }));
        }
    }

    markAsRead() {
        this.socket.send(JSON.stringify({
            type: 'read_messages'
        }));
    }

    disconnect() {
        if (this.socket) {
            this.socket.close();
        }
    }

    // Методы для отображения (должны быть реализованы в UI)
    displayMessage(message) {
        // Реализация отображения сообщения
        console.log('New message:', message);
    }

    showTypingIndicator(data) {
        // Реализация показа индикатора печати
        console.log('User typing:', data);
    }

    showReadIndicator(data) {
        // Реализация показа индикатора прочтения
        console.log('Messages read by:', data);
    }
}
`;

/** The guide's example of use, in two: no WebSocket sends before it is open, which the example leaves to its reader. */
export const open = `
const chat = new ChatWebSocket(1, 'your_jwt_token');
chat.connect();
`;

export const use = `
// Отправка сообщения
chat.sendMessage('Привет!');

// Индикатор печати
chat.startTyping();
setTimeout(() => chat.stopTyping(), 2000);

// Отметка как прочитанное
chat.markAsRead();
`;

/** The frames that clients send. */
export const sent = {
  message: `
{
    "type": "message",
    "text": "Привет, как дела?"
}
`,
  typing: `
{
    "type": "typing",
    "is_typing": true
}
`,
  readMessages: `
{
    "type": "read_messages"
}
`,
};

/** The frames that clients receive. */
export const received = {
  established: `
{
    "type": "connection_established",
    "message": "Successfully connected to chat",
    "chat_id": 1
}
`,
  message: `
{
    "type": "message",
    "data": {
        "id": 123,
        "text": "Привет, как дела?",
        "sender": {
            "id": 1,
            "username": "john_doe",
            "first_name": "John",
            "last_name": "Doe"
        },
        "timestamp": "2024-01-15T10:30:00Z",
        "is_edited": false,
        "is_deleted": false
    }
}
`,
  typing: `
{
    "type": "typing",
    "user_id": 1,
    "username": "john_doe",
    "is_typing": true
}
`,
  messagesRead: `
{
    "type": "messages_read",
    "user_id": 1,
    "username": "john_doe"
}
`,
  errors: [
    `
{
    "type": "error",
    "message": "Invalid JSON format"
}
`,
    `
{
    "type": "error",
    "message": "Message text cannot be empty"
}
`,
    `
{
    "type": "error",
    "message": "Unknown message type: invalid_type"
}
`,
  ],
};
