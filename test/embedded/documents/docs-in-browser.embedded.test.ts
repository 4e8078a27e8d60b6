import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminRouteList, commands, events, routeList } from '../../../src/contract/index.js';
import { describeWithBrowser, TestBrowser } from '../../support/browser/test-browser.js';
import { TestChat } from '../../support/chat/test-chat.js';

describeWithBrowser('the pages of the documents in a browser', () => {
  let chat: TestChat;
  let browser: TestBrowser;

  beforeAll(async () => {
    chat = await TestChat.start();
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await chat?.stop();
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

    await page.goto(`${chat.url()}${path}`, { waitUntil: 'networkidle' });
    await page.locator(selector).first().waitFor();

    expect(await page.locator(selector).count()).toBe(count);
    expect([...complaints, ...browser.faults]).toEqual([]);
    await page.close();
  });
});
