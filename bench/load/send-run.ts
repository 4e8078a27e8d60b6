import { randomBytes } from 'node:crypto';
import type { Sender, SendPlan, SendReport } from './commands.js';
import { LatencyRecord } from './latency.js';
import type { RawSocket } from './raw-socket.js';

const PACE_TICK_MS = 1;
/** How long answers and deliveries may trail the last send before the run counts as broken. */
const DRAIN_TIMEOUT_MS = 30_000;

/** Sends a plan's messages and waits until each is answered and has arrived at everybody it is meant for. */
export class SendRun {
  private readonly latency = new LatencyRecord();
  private readonly finished = Promise.withResolvers<void>();
  private readonly senders: ReadonlyArray<{ sender: Sender; socket: RawSocket; payloadStart: string }>;
  /** Keeps idempotency keys of two runs apart. */
  private readonly runId = randomBytes(6).toString('hex');
  private startedAt = 0;
  private sent = 0;
  private acked = 0;
  private failed = 0;
  private delivered = 0;
  private expected = 0;
  private firstFailure: string | null = null;
  private sending = true;
  private drainTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly plan: SendPlan,
    private readonly sockets: readonly RawSocket[],
  ) {
    const text = 'Is the blue one still there? '.repeat(Math.ceil(plan.textLength / 29)).slice(0, plan.textLength);
    this.senders = plan.senders.map((sender) => {
      const socket = sockets[sender.socket];
      if (socket === undefined) {
        throw new Error(`unable to send; there is no socket ${sender.socket}`);
      }
      return {
        sender,
        socket,
        payloadStart: `{"chatId":"${sender.chatId}","text":"${text}","clientMessageId":"${this.runId}-`,
      };
    });
  }

  async run(): Promise<SendReport> {
    const onDelivery = () => this.onDelivery();
    for (const socket of this.sockets) {
      socket.listen(onDelivery);
    }
    this.startedAt = performance.now();
    if (this.plan.pace.kind === 'closed') {
      this.startClosed(this.plan.pace.outstanding);
    } else {
      this.startOpen(this.plan.pace.perSecond);
    }
    try {
      await this.finished.promise;
    } finally {
      clearTimeout(this.drainTimer);
    }
    return {
      sent: this.sent,
      acked: this.acked,
      delivered: this.delivered,
      failed: this.failed,
      firstFailure: this.firstFailure,
      seconds: (performance.now() - this.startedAt) / 1_000,
      ackLatency: this.latency.summary(),
    };
  }

  private startClosed(outstanding: number): void {
    for (let round = 0; round < outstanding; round += 1) {
      for (const index of this.senders.keys()) {
        this.sendNext(index, performance.now());
      }
    }
  }

  private startOpen(perSecond: number): void {
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - this.startedAt) * perSecond) / 1_000);
      while (this.sent < due && this.more()) {
        const dueAt = this.startedAt + (this.sent * 1_000) / perSecond;
        this.sendNext(this.sent % this.senders.length, dueAt);
      }
      if (!this.more()) {
        clearInterval(timer);
        this.endSending();
      }
    }, PACE_TICK_MS);
  }

  private more(): boolean {
    return this.sent < this.plan.messages && performance.now() - this.startedAt < this.plan.seconds * 1_000;
  }

  private sendNext(index: number, dueAt: number): void {
    const place = this.senders[index];
    if (place === undefined || !this.more()) {
      this.endSending();
      return;
    }
    this.expected += place.sender.audience;
    place.socket.request('message:send', `${place.payloadStart}${this.sent}"}`, dueAt, (sentAt, failure) => {
      this.onAck(place.sender, sentAt, failure);
      if (this.plan.pace.kind === 'closed') {
        this.sendNext(index, performance.now());
      }
      this.finishWhenDrained();
    });
    this.sent += 1;
  }

  private onAck(sender: Sender, sentAt: number, failure: string | null): void {
    if (failure === null) {
      this.acked += 1;
      this.latency.add(performance.now() - sentAt);
      return;
    }
    this.failed += 1;
    this.expected -= sender.audience;
    this.firstFailure ??= failure;
  }

  private onDelivery(): void {
    this.delivered += 1;
    this.finishWhenDrained();
  }

  private endSending(): void {
    if (!this.sending) {
      return;
    }
    this.sending = false;
    this.drainTimer = setTimeout(() => {
      const missing = `${this.sent - this.acked - this.failed} answers and ${this.expected - this.delivered} deliveries`;
      this.finished.reject(new Error(`unable to finish the run; ${missing} did not arrive`));
    }, DRAIN_TIMEOUT_MS);
    this.finishWhenDrained();
  }

  private finishWhenDrained(): void {
    if (!this.sending && this.acked + this.failed === this.sent && this.delivered >= this.expected) {
      this.finished.resolve();
    }
  }
}
