import { Client } from 'pg';
import { launchDurablePostgres } from './durable-postgres.js';

/** Settings under which a commit has reached the disk. A bench on anything less would measure something else. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' } as const;

interface Store {
  url: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL: the one `BENCH_DATABASE_URL` names, else one of its own. */
export class BenchPostgres {
  private readonly databases: string[] = [];

  private constructor(
    private readonly store: Store,
    /** Version and durability settings in words. */
    readonly durability: string,
  ) {}

  /** @throws Error when PostgreSQL is set to acknowledge commits that are not on disk */
  static async start(): Promise<BenchPostgres> {
    const store = await openStore();
    try {
      return new BenchPostgres(store, await durability(store.url));
    } catch (error) {
      await store.stop();
      throw error;
    }
  }

  /** A new database for one subject; earlier ones of the same name are gone. */
  async emptyDatabase(subject: string): Promise<string> {
    const name = `bench_${subject.replaceAll('-', '_')}_${this.databases.length + 1}`;
    this.databases.push(name);
    await asAdmin(this.store.url, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${name}`);
    });
    const url = new URL(this.store.url);
    url.pathname = name;
    return url.href;
  }

  /** Removes its databases: the server may be one that stays. */
  async stop(): Promise<void> {
    await asAdmin(this.store.url, async (client) => {
      for (const name of this.databases.splice(0)) {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }
    });
    await this.store.stop();
  }
}

async function openStore(): Promise<Store> {
  const given = process.env.BENCH_DATABASE_URL;
  if (given !== undefined) {
    return { url: given, stop: async () => undefined };
  }
  const server = await launchDurablePostgres();
  return { url: server.url, stop: () => server.dispose() };
}

async function asAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function durability(url: string): Promise<string> {
  return asAdmin(url, async (client) => {
    const { rows } = await client.query<{ name: string; setting: string }>(
      'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
      [[...Object.keys(DURABLE), 'server_version']],
    );
    const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
    for (const [name, needed] of Object.entries(DURABLE)) {
      if (settings.get(name) !== needed) {
        throw new Error(`unable to measure durable messages; PostgreSQL runs with ${name}=${settings.get(name)}`);
      }
    }
    const words = Object.entries(DURABLE).map(([name, setting]) => `${name}=${setting}`);
    return `PostgreSQL ${settings.get('server_version')} (${words.join(', ')})`;
  });
}
