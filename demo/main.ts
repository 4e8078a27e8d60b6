/**
 * `npm run demo` starts the stub marketplace, the service and the page, and runs until Ctrl-C.
 * `npm run demo -- --smoke` plays the whole conversation headless and ends with 0 or 1.
 */
import { parseArgs } from 'node:util';
import { type DemoStack, startDemoStack } from './demo-stack.js';
import { runSmoke } from './smoke.js';
import { clientSnippet } from './snippet.js';

const PORTS = { service: 3001, marketplace: 3000, page: 3002 };

/** Short, so that whoever watches the page sees a token end and be refreshed. */
const PAGE_TOKEN_SECONDS = 120;
/** Long, so that the snippet can be pasted after reading the rest. */
const SNIPPET_TOKEN_SECONDS = 3_600;

function introduce({ page, service, marketplace }: DemoStack): void {
  const token = marketplace.issueToken(123, SNIPPET_TOKEN_SECONDS);
  const snippet = clientSnippet({ serviceUrl: service.url, token, buyerId: 123, sellerId: 456, productId: 1001 });
  console.log(`
Open this page; a buyer and a seller are side by side:

  ${page.url}

Five clients of five wire formats in one chat: ${page.url}/demo

The service is at ${service.url} (Socket.IO namespace /chat), the stub marketplace API at ${marketplace.url}.
Messages are kept in ./data/demo, so they are there after a reload and after a restart.

Or talk to it from a shell in this folder, as Anna (buyer 123) to Sam (seller 456); the token is good for an hour:

${snippet}

Ctrl-C stops everything.
`);
}

async function runDemo(): Promise<void> {
  const stack = await startDemoStack({ ports: PORTS, dataDir: './data/demo', tokenTtlSeconds: PAGE_TOKEN_SECONDS });
  introduce(stack);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await stack.stop();
  console.log('stopped');
}

const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });
if (values.smoke) {
  const report = await runSmoke((line) => console.log(line));
  process.exitCode = report.passed ? 0 : 1;
} else {
  await runDemo();
}
