import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  /** Of an empty database nobody else knows. */
  url: string;
  /** Removes it, ending connections that are still open. Harmless twice. */
  drop(): Promise<void>;
}

async function execute(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Creates a database beside the one of `serverUrl`, whose user must be allowed to. */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `chat_test_${randomUUID().replaceAll('-', '')}`;
  // template1, the default, may be in use by somebody; then nothing can be copied from it.
  await execute(serverUrl, `create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return { url: url.href, drop: () => execute(serverUrl, `drop database if exists ${name} with (force)`) };
}
