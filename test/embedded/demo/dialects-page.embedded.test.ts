import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoStack } from '../../../demo/demo-stack.js';
import { describeWithBrowser, PATIENCE, TestBrowser } from '../../support/browser/test-browser.js';
import { startTestDemo } from './running-demo.js';

const DIALECTS = ['canonical', 'rooms', 'conversations', 'live', 'plain-websocket'] as const;

describeWithBrowser('the page of the dialects', () => {
  let demo: DemoStack;
  let browser: TestBrowser;
  let page: Page;

  const pane = (dialect: string): Locator => page.getByRole('region', { name: dialect, exact: true });
  const texts = (dialect: string) => pane(dialect).locator('.messages li p').allTextContents();

  beforeAll(async () => {
    demo = await startTestDemo();
    browser = await TestBrowser.launch();
    page = await browser.newPage();
    await page.goto(`${demo.page.url}/demo`);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
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
    expect(browser.faults).toEqual([]);
  });
});
