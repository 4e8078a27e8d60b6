import type { SendPlan, SendReport } from './load/commands.js';
import type { LoadProcess } from './load/load-process.js';

/** What CPU is counted of and what makes it busy; several servers count as one by the sum of their CPU. */
export interface Measurable {
  name: string;
  server: { cpu(): number };
  load: LoadProcess;
}

export interface MeasuredSend extends SendReport {
  /** CPU of the server process from first send to last delivery, microseconds per acked message. */
  cpuPerMessage: number;
  /** Acked messages per second. */
  throughput: number;
}

/** Runs a plan and charges the server's CPU to the messages. @throws Error when a message failed: then no figure is fair */
export async function measureSend({ name, server, load }: Measurable, plan: SendPlan): Promise<MeasuredSend> {
  const before = server.cpu();
  const report = await load.request('send', plan);
  const cpu = server.cpu() - before;
  if (report.failed > 0) {
    throw new Error(`unable to measure ${name}; ${report.failed} messages failed, first: ${report.firstFailure}`);
  }
  return { ...report, cpuPerMessage: cpu / report.acked, throughput: report.acked / report.seconds };
}
