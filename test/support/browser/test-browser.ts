import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';

/** A browser on a busy machine with two cores is slow. */
export const PATIENCE = { timeout: 20_000 };

const CHROMIUM_PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** It reaches nothing but what a test opens, and needs neither a sandbox of its own nor a graphics card. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A suite that needs a browser. Without one it is skipped, and says so. */
export function describeWithBrowser(name: string, body: () => void): void {
  const browserIsHere = existsSync(CHROMIUM_PATH);
  if (!browserIsHere) {
    console.warn(`skipped: ${name}; install chromium or set CHROMIUM_PATH`);
  }
  describe.skipIf(!browserIsHere)(name, body);
}

/** A browser with a profile of its own, gone when it is closed. */
export class TestBrowser {
  /** What pages threw, and what their policy stopped. */
  readonly faults: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly browser: BrowserContext,
  ) {}

  static async launch(): Promise<TestBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'test-browser-'));
    const browser = await chromium.launchPersistentContext(folder, {
      executablePath: CHROMIUM_PATH,
      headless: true,
      args: CHROMIUM_ARGS,
    });
    return new TestBrowser(folder, browser);
  }

  async newPage(): Promise<Page> {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(PATIENCE.timeout);
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (line) => {
      if (line.text().includes('Content Security Policy')) {
        this.faults.push(line.text());
      }
    });
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
