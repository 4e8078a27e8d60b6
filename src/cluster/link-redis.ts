/** What the link needs of the Redis clients, and no more, so that its tests can put any network in their place. */
export interface LinkRedis {
  /** Whether every connection can take commands now. */
  readonly ready: boolean;
  readonly commands: { pubsub(subcommand: 'CHANNELS', pattern: string): Promise<unknown[]> };
  readonly publisher: { publish(channel: string, message: Buffer): Promise<unknown> };
  readonly subscriber: {
    subscribe(...channels: string[]): Promise<unknown>;
    unsubscribe(channel: string): Promise<unknown>;
    on(event: 'messageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown;
    on(event: 'ready', listener: () => void): unknown;
    /** Gives the connection up; with `true` another one is made. */
    disconnect(reconnect: boolean): void;
  };
}
