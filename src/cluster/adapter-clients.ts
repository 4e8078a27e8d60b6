import { EventEmitter } from 'node:events';
import type { Publish } from './frame.js';

/** Stand in for the two Redis clients that the Socket.IO adapter publishes and listens through. */
export class AdapterClients {
  readonly publisher;
  readonly subscriber = Object.assign(new EventEmitter(), {
    psubscribe: (): void => undefined,
    subscribe: (): void => undefined,
    punsubscribe: (): void => undefined,
    unsubscribe: (): void => undefined,
  });

  /**
   * @param prefix start of the adapter's channels
   * @param publish takes what the adapter publishes
   */
  constructor(
    private readonly prefix: string,
    publish: (publish: Publish) => void,
  ) {
    this.publisher = Object.assign(new EventEmitter(), {
      publish: (channel: string, payload: Buffer | string): void => publish([channel, payload]),
    });
  }

  /** Gives the adapter what another instance has published. @throws whatever the adapter throws when it cannot read it */
  handOver([channel, payload]: Publish): void {
    const buffer = typeof payload === 'string' ? Buffer.from(payload) : payload;
    if (channel.startsWith(`${this.prefix}#`)) {
      this.subscriber.emit('pmessageBuffer', null, channel, buffer);
    } else {
      this.subscriber.emit('messageBuffer', channel, buffer);
    }
  }
}
