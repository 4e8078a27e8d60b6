import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoStack } from '../../../demo/demo-stack.js';
import { CHROMIUM_ARGS, CHROMIUM_PATH } from './browser.js';
import { startTestDemo } from './running-demo.js';

/** A browser on a busy machine with two cores is slow. */
const PATIENCE = { timeout: 20_000 };
const DIALECTS = ['canonical', 'rooms', 'conversations', 'live', 'plain-websocket'] as const;

const browserIsHere = existsSync(CHROMIUM_PATH);
if (!browserIsHere) {
  console.warn('skipped: the page of the dialects; install chromium or set CHROMIUM_PATH');
}

describe.skipIf(!browserIsHere)('the page of the dialects', () => {
  let folder: string;
  let demo: DemoStack;
  let browser: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  const pane = (dialect: string): Locator => page.getByRole('region', { name: dialect, exact: true });
  const texts = (dialect: string) => pane(dialect).locator('.messages li p').allTextContents();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-dialects-'));
    demo = await startTestDemo();
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: CHROMIUM_PATH,
      headless: true,
      args: CHROMIUM_ARGS,
    });
    page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE.timeout);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (line) => {
      if (line.text().includes('Content Security Policy')) {
        faults.push(line.text());
      }
    });
    await page.goto(`${demo.page.url}/demo`);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings a client of each into one chat', async () => {
    for (const dialect of DIALECTS) {
      await expect.poll(() => pane(dialect).getAttribute('data-connection'), PATIENCE).toBe('joined');
    }
    expect(await page.locator('.fault').isVisible()).toBe(false);
  });

  it('shows what each says in all of them, in one order; markup stays text', async () => {
    const said: string[] = [];
    for (const dialect of DIALECTS) {
      const text = `<b>${dialect}</b> speaks`;
      await pane(dialect).getByLabel('Message', { exact: true }).fill(text);
      await pane(dialect).getByRole('button', { name: 'Send', exact: true }).click();
      said.push(text);
      for (const other of DIALECTS) {
        await expect.poll(async () => (await texts(other)).slice(-said.length), PATIENCE).toEqual(said);
      }
    }
  });

  it('shows who types in all of them', async () => {
    await pane('plain-websocket').getByLabel('Message', { exact: true }).fill('I am about to');
    for (const dialect of DIALECTS.filter((name) => name !== 'plain-websocket')) {
      await expect.poll(() => pane(dialect).locator('.typing').textContent(), PATIENCE).toMatch(/^\w+ is typing…$/);
    }
  });

  it('met no script error and nothing that its security policy forbids', () => {
    expect(faults).toEqual([]);
  });
});
