import { randomBytes } from 'node:crypto';
import { type RunningService, startService } from '../src/application.js';
import type { Config } from '../src/config/config.js';
import { loadConfig } from '../src/config/load-config.js';
import { DEMO_PASSWORD } from './marketplace/catalogue.js';
import { type MarketplaceApi, startMarketplaceApi } from './marketplace/marketplace-api.js';
import { type PageServer, startPageServer } from './page-server.js';
import { preferredPort } from './preferred-port.js';

export interface DemoStackOptions {
  /** Preferred ports; one that is taken is replaced by a free one. 0 takes a free one at once. */
  ports: { service: number; marketplace: number; page: number };
  /** Folder of the embedded database, or `memory://`. */
  dataDir: string;
  /** Life of the tokens that the marketplace issues at login. */
  tokenTtlSeconds: number;
  /** Further variables of the service's environment. */
  environment?: Readonly<Record<string, string>>;
}

/** Everything the demo consists of, running in this process. */
export interface DemoStack {
  readonly service: RunningService;
  readonly marketplace: MarketplaceApi;
  readonly page: PageServer;
  /** What the service runs with. */
  readonly config: Readonly<Config>;
  /** The service alone; clients hear that it goes away. A second call waits for the first. */
  stopService(): Promise<void>;
  /** Stops what still runs, the service first, so that clients hear that it goes away. */
  stop(): Promise<void>;
}

/**
 * Starts the stub marketplace, the service on its embedded engines and the server of the page.
 * The environment of the process is left aside on purpose: a DATABASE_URL that is set for something else must not
 * draw the demo into that database.
 */
export async function startDemoStack(options: DemoStackOptions): Promise<DemoStack> {
  const secret = randomBytes(32).toString('base64url');
  const stops: (() => Promise<void>)[] = [];
  async function stop(): Promise<void> {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
      await next();
    }
  }

  try {
    const page = await startPageServer(await preferredPort(options.ports.page));
    stops.push(page.stop);
    const marketplace = await startMarketplaceApi({
      port: await preferredPort(options.ports.marketplace),
      secret,
      tokenTtlSeconds: options.tokenTtlSeconds,
    });
    stops.push(marketplace.stop);
    const { config } = loadConfig({
      HOST: '127.0.0.1',
      PORT: String(await preferredPort(options.ports.service)),
      LOG_LEVEL: 'error',
      FRONTEND_URL: page.origins.join(','),
      DATA_DIR: options.dataDir,
      MARKETPLACE_API_URL: marketplace.url,
      JWT_SECRET: secret,
      DIALECTS: 'rooms,plain-websocket,conversations,live',
      ...options.environment,
    });
    const service = await startService(config);
    let stopping: Promise<void> | undefined;
    const stopService = (): Promise<void> => {
      stopping ??= service.stop();
      return stopping;
    };
    stops.push(stopService);
    page.publish({ serviceUrl: service.url, marketplaceUrl: marketplace.url, password: DEMO_PASSWORD });
    return { service, marketplace, page, config, stopService, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
