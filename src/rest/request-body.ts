import type { IncomingMessage } from 'node:http';
import { ChatError } from '../contract/index.js';

/**
 * Reads a JSON body; none at all is `undefined`.
 *
 * @param maxBytes what is larger is not kept in memory
 * @throws ChatError `PAYLOAD_TOO_LARGE`, `VALIDATION_FAILED` for what is no JSON in UTF-8 or breaks off
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number, operation: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Destroying the request would take the connection along, and with it the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) {
        break;
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new ChatError('VALIDATION_FAILED', operation, 'the body broke off', { cause });
  }
  if (length > maxBytes) {
    // What still comes is thrown away; a client reads the answer only when it is done with sending.
    request.resume();
    throw new ChatError('PAYLOAD_TOO_LARGE', operation, `the body is larger than ${maxBytes} bytes`, {
      details: { maxBytes },
    });
  }
  return length === 0 ? undefined : parse(Buffer.concat(chunks), operation);
}

function parse(body: Buffer, operation: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The parser's own sentence quotes the body.
    throw new ChatError('VALIDATION_FAILED', operation, 'the body is not JSON in UTF-8');
  }
}
