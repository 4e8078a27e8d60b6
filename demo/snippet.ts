/** The two addresses and the ids a conversation needs. */
export interface SnippetFacts {
  serviceUrl: string;
  token: string;
  buyerId: number;
  sellerId: number;
  productId: number;
}

/**
 * A first client, to be pasted into a shell in this repository: it connects, opens a chat, sends a message, prints all
 * that it hears, and ends.
 */
export function clientSnippet({ serviceUrl, token, buyerId, sellerId, productId }: SnippetFacts): string {
  return `node --input-type=module <<'EOF'
import { io } from 'socket.io-client';

const socket = io('${serviceUrl}/chat', {
  auth: { token: '${token}' },
});
socket.onAny((event, payload) => console.log('heard', event, payload));

const chat = await socket.emitWithAck('chat:create', { buyerId: ${buyerId}, sellerId: ${sellerId}, productId: ${productId} });
await socket.emitWithAck('chat:join', { chatId: chat.data.id });
const sent = await socket.emitWithAck('message:send', { chatId: chat.data.id, text: 'Hello from a shell' });
console.log('acked', sent);
socket.disconnect();
EOF`;
}
