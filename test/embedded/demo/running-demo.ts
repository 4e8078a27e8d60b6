import { type DemoStack, startDemoStack } from '../../../demo/demo-stack.js';

/** The demo on free ports and in memory, unless told otherwise. */
export function startTestDemo({
  dataDir = 'memory://',
  tokenTtlSeconds = 900,
}: {
  dataDir?: string;
  tokenTtlSeconds?: number;
} = {}): Promise<DemoStack> {
  return startDemoStack({
    ports: { service: 0, marketplace: 0, page: 0 },
    dataDir,
    tokenTtlSeconds,
    environment: { NODE_ENV: 'test' },
  });
}
