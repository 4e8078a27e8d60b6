import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoStack } from '../../../demo/demo-stack.js';
import { clientSnippet } from '../../../demo/snippet.js';
import { startTestDemo } from './running-demo.js';

const repository = new URL('../../..', import.meta.url);

let demo: DemoStack;

beforeAll(async () => {
  demo = await startTestDemo();
});

afterAll(async () => {
  await demo.stop();
});

it('the snippet that the demo prints runs as pasted into a shell', async () => {
  const snippet = clientSnippet({
    serviceUrl: demo.service.url,
    token: demo.marketplace.issueToken(123),
    buyerId: 123,
    sellerId: 456,
    productId: 1001,
  });
  const { stdout } = await promisify(execFile)('sh', ['-c', snippet], {
    cwd: repository,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  });
  expect(stdout).toContain('heard connection:success');
  expect(stdout).toContain('heard chat:created');
  expect(stdout).toMatch(/acked \{\s+success: true/);
  expect(stdout).toContain("text: 'Hello from a shell'");
});
