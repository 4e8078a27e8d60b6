import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminRouteList, commands, events, routeList } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const browserIsHere = existsSync(executablePath);

if (!browserIsHere) {
  console.warn('skipped: the pages of the documents in a browser; install chromium or set CHROMIUM_PATH');
}

describe.runIf(browserIsHere)('the pages of the documents in a browser', () => {
  let chat: TestChat;
  let browser: Browser;

  beforeAll(async () => {
    chat = await TestChat.start();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await chat.stop();
  });

  it.each([
    ['/docs', 'li', 2],
    [
      '/docs/socket',
      'nav a[href^="#command."], nav a[href^="#event."]',
      Object.keys(commands).length + Object.keys(events).length,
    ],
    ['/docs/rest', '.opblock', routeList.length + adminRouteList.length],
  ])('%s shows everything, and needs nothing that its policy forbids', async (path, selector, count) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));

    await page.goto(`${chat.url()}${path}`, { waitUntil: 'networkidle' });
    await page.locator(selector).first().waitFor();

    expect(await page.locator(selector).count()).toBe(count);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
