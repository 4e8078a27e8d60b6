import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Reply {
  id: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/**
 * Looks into a running Node process through its debugging port, so that nothing has to be built into the service for
 * it to be watched. The process must run with `--inspect`.
 */
export class Inspector {
  private readonly waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  private lastId = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const reply: Reply = JSON.parse(data.toString());
      this.waiting.get(reply.id)?.resolve(reply);
      this.waiting.delete(reply.id);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error('unable to look into the process; it has gone'));
      }
      this.waiting.clear();
    });
  }

  static async attach(port: number): Promise<Inspector> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Bytes of the objects that are alive: a full collection comes first, twice because finalizers free more. */
  async liveHeap(): Promise<number> {
    await this.call('HeapProfiler.collectGarbage');
    await this.call('HeapProfiler.collectGarbage');
    return Number((await this.call('Runtime.getHeapUsage')).usedSize);
  }

  /** How many handles, requests and timers keep the process busy, by kind. */
  async activeResources(): Promise<Record<string, number>> {
    const { result } = (await this.call('Runtime.evaluate', {
      expression: 'JSON.stringify(process.getActiveResourcesInfo())',
    })) as { result: { value: string } };
    const counts: Record<string, number> = {};
    for (const kind of JSON.parse(result.value) as string[]) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  }

  detach(): void {
    this.socket.terminate();
  }

  private async call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.lastId;
    const { result, error } = await new Promise<Reply>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (result === undefined) {
      throw new Error(`unable to look into the process; ${method}: ${error?.message ?? 'no result'}`);
    }
    return result;
  }
}
