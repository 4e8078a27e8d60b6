import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ZodDefault } from 'zod';
import { loadConfig } from '../../../src/config/load-config.js';
import { variables } from '../../../src/config/variables.js';

const path = new URL('../../../.env.example', import.meta.url);
const example = readFileSync(path, 'utf8');

const HEADER = `# Copy to .env and change what differs. Every variable stands here once, with its default; empty means not set.
`;

function defaultOf(schema: (typeof variables)[keyof typeof variables]): string {
  return schema instanceof ZodDefault ? String(schema.def.defaultValue) : '';
}

/** The file that the schema asks for. */
function expectedExample(): string {
  const entries = Object.entries(variables).map(
    ([name, schema]) => `\n# ${schema.description}\n${name}=${defaultOf(schema)}\n`,
  );
  return HEADER + entries.join('');
}

describe('.env.example', () => {
  it('lists every variable of the schema once, described, with its default; `vitest -u` rewrites it', async () => {
    await expect(expectedExample()).toMatchFileSnapshot(path.pathname);
  });

  it('configures what an empty environment does', () => {
    expect(loadConfig(parseEnv(example))).toEqual(loadConfig({}));
  });

  it('has the names of the schema, both ways', () => {
    expect(Object.keys(parseEnv(example)).toSorted()).toEqual(Object.keys(variables).toSorted());
  });
});
