import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoStack } from '../../../demo/demo-stack.js';
import { type RunningService, startService } from '../../../src/application.js';
import { describeWithBrowser, PATIENCE, TestBrowser } from '../../support/browser/test-browser.js';
import { startTestDemo } from './running-demo.js';

/** The tests tell one story: each goes on where the one before it ended. */
describeWithBrowser('the page of the demo', () => {
  let folder: string;
  let demo: DemoStack;
  let browser: TestBrowser;
  let page: Page;
  let buyer: Pane;
  let seller: Pane;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-page-'));
    demo = await startTestDemo({ dataDir: folder });
    browser = await TestBrowser.launch();
    page = await browser.newPage();
    await page.goto(demo.page.url);
    buyer = new Pane(page, 'Buyer');
    seller = new Pane(page, 'Seller');
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('logs both in', async () => {
    await buyer.login('Anna Berg');
    await seller.login('Sam Carver');
    await buyer.shows('.connection', 'online');
    await seller.shows('.connection', 'online');
  });

  it('opens a chat about a product on both sides', async () => {
    await buyer.root.getByLabel('Talk about').selectOption({ label: 'Walnut side table (Sam Carver)' });
    await buyer.root.getByRole('button', { name: 'Open chat' }).click();
    await buyer.shows('.product', 'about: Walnut side table');
    await seller.shows('.invitation span', 'Anna Berg opened a chat.');
    await seller.root.getByRole('button', { name: 'Show' }).click();
    await seller.shows('.peer-name', 'Anna Berg');
    await seller.shows('.peer-state', 'online');
  });

  it('shows typing while the other types, and no longer', async () => {
    await buyer.text.pressSequentially('Is it');
    await seller.shows('.typing', 'Anna Berg is typing…');
    await buyer.text.fill('');
    await seller.shows('.typing', '');
  });

  it('sends both ways; markup in a message stays text', async () => {
    await buyer.send('Is it <b>still</b> here? <img src=x onerror=alert(1)>');
    await seller.hasMessages('Is it <b>still</b> here? <img src=x onerror=alert(1)>');
    await seller.shows('.typing', '');
    await seller.send('It is.');
    await buyer.hasMessages('Is it <b>still</b> here? <img src=x onerror=alert(1)>', 'It is.');
    expect(await seller.root.locator('.messages b, .messages img').count()).toBe(0);
  });

  it('refreshes the token on the open connection', async () => {
    await buyer.root.getByText('What goes over the wire').click();
    await buyer.root.getByRole('button', { name: 'Refresh token' }).click();
    await buyer.shows('.notice', 'Token refreshed');
    const frames = await buyer.root.locator('.wire li').allTextContents();
    expect(frames).toContainEqual(expect.stringContaining('→ auth:refresh-token'));
    expect(frames.join('\n')).not.toMatch(/eyJ/);
  });

  it('shows the other go offline and come back', async () => {
    await seller.root.getByRole('button', { name: 'Log out' }).click();
    await buyer.shows('.peer-state', 'offline');
    await seller.login('Sam Carver');
    await buyer.shows('.peer-state', 'online');
  });

  it('notifies of a message in a chat that is not shown', async () => {
    await buyer.send('Are you back?');
    await seller.shows('.invitation span', 'Anna Berg (1 unread): Are you back?');
    await seller.root.getByRole('button', { name: 'Show' }).click();
    await seller.hasMessages('Is it <b>still</b> here? <img src=x onerror=alert(1)>', 'It is.', 'Are you back?');
  });

  it('has the history after a reload', async () => {
    await page.reload();
    for (const pane of [buyer, seller]) {
      await pane.shows('.connection', 'online');
      await pane.hasMessages('Is it <b>still</b> here? <img src=x onerror=alert(1)>', 'It is.', 'Are you back?');
    }
  });

  it.each([
    ['ends while the page is open', 3],
    ['ended before the page was opened', -60],
  ])('renews a token by itself that %s', async (_case, ttlSeconds) => {
    const token = demo.marketplace.issueToken(123, ttlSeconds);
    await page.evaluate(`{
      const saved = JSON.parse(sessionStorage.getItem('buyer'));
      saved.session.token = ${JSON.stringify(token)};
      sessionStorage.setItem('buyer', JSON.stringify(saved));
    }`);
    await page.reload();
    const savedToken = () => page.evaluate<string>(`JSON.parse(sessionStorage.getItem('buyer')).session.token`);
    await expect.poll(savedToken, PATIENCE).not.toBe(token);
    await buyer.shows('.connection', 'online');
    await buyer.shows('.peer-state', 'online');
  });

  it('keeps a message that is written while the service is away, and delivers it once when it is back', async () => {
    await demo.stopService();
    await buyer.shows('.connection', 'offline, reconnecting…');
    await buyer.send('Written in the dark');
    await expect.poll(() => buyer.root.locator('[data-state="sending"]').count(), PATIENCE).toBe(1);
    const again = await restartService(demo);
    try {
      await expect
        .poll(() => buyer.root.locator('[data-state="stored"]').last().textContent(), PATIENCE)
        .toContain('Written in the dark');
      const texts = ['Is it <b>still</b> here? <img src=x onerror=alert(1)>', 'It is.', 'Are you back?'];
      await seller.hasMessages(...texts, 'Written in the dark');
      await buyer.hasMessages(...texts, 'Written in the dark');
    } finally {
      await again.stop();
    }
  });

  it('met no script error and nothing that its security policy forbids', () => {
    expect(browser.faults).toEqual([]);
  });
});

function restartService({ config, service }: DemoStack): Promise<RunningService> {
  return startService({ ...config, http: { ...config.http, port: service.port } });
}

/** One half of the page, as a person sees it. */
class Pane {
  readonly root: Locator;
  readonly text: Locator;

  constructor(page: Page, name: 'Buyer' | 'Seller') {
    this.root = page.getByRole('region', { name, exact: true });
    this.text = this.root.getByLabel('Message', { exact: true });
  }

  async login(user: string): Promise<void> {
    await this.root.getByLabel('Log in as').selectOption({ label: user });
    await this.root.getByRole('button', { name: 'Log in' }).click();
  }

  async send(text: string): Promise<void> {
    await this.text.fill(text);
    await this.root.getByRole('button', { name: 'Send', exact: true }).click();
  }

  async shows(selector: string, text: string): Promise<void> {
    const content = () => this.root.locator(selector).textContent();
    await expect.poll(async () => (await content())?.trim(), PATIENCE).toBe(text);
  }

  async hasMessages(...texts: string[]): Promise<void> {
    await expect.poll(() => this.root.locator('.messages li p').allTextContents(), PATIENCE).toEqual(texts);
  }
}
