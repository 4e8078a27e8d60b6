import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { socketIdIn } from './raw-client.js';

const SEPARATOR = '\u001e';

/**
 * A client that polls by hand, so that it may leave unread what the real library would fetch. It takes no compressed
 * answers. It answers no pings: its connection lasts for a ping timeout.
 */
export class RawPollingClient {
  private constructor(
    private readonly endpoint: string,
    /** Of its socket on the server. */
    readonly socketId: string,
  ) {}

  /** Opens the transport and joins the namespace; with a good token the connection is ready for commands. */
  static async connect(url: string, token: string): Promise<RawPollingClient> {
    const endpoint = `${url}/socket.io/?EIO=4&transport=polling`;
    const opened = await text(await ask(endpoint));
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const session = `${endpoint}&sid=${sid}`;
    await ask(session, `40/chat,${JSON.stringify({ token })}`);
    const frames: string[] = [];
    while (!frames.some((frame) => frame.startsWith('42/chat,["connection:success"'))) {
      frames.push(...(await text(await ask(session))).split(SEPARATOR));
    }
    return new RawPollingClient(session, socketIdIn(frames.find((frame) => frame.startsWith('40/chat,')) ?? ''));
  }

  /** An event as JSON text of its array, `["name",...]`. Resolves when the server has it; its answer waits for a poll. */
  async emit(json: string, id: number): Promise<void> {
    await ask(this.endpoint, `42/chat,${id}${json}`);
  }

  /** Polls on a network connection of its own, and resolves at the head of the answer, whose body nobody reads. */
  pollUnread(): Promise<IncomingMessage> {
    return ask(this.endpoint);
  }

  /** The HTTP status of a further word to the server: 400 when the server has closed the connection. */
  async statusOfPost(): Promise<number> {
    const { statusCode = 0 } = await ask(this.endpoint, '3');
    return statusCode;
  }
}

function ask(url: string, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: body === undefined ? 'GET' : 'POST', agent: new Agent() }, (answer) => {
      // Where the server gives it up unread, that shows as its end.
      answer.on('error', () => undefined);
      resolve(answer);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
