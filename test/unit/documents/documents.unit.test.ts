import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { variables } from '../../../src/config/variables.js';
import { commands, events } from '../../../src/contract/index.js';
import { withTables } from '../../../src/documents/protocol-tables.js';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const names = (record: object): string[] => Object.keys(record);

/** Where a table of the document names something in code style that is not in the contract any more. */
function unknownNames(document: string, known: ReadonlySet<string>, shape: RegExp): string[] {
  const quoted = [...document.matchAll(/`([^`\s]+)`/g)].map(([, name]) => name ?? '');
  return quoted.filter((name) => shape.test(name) && !known.has(name));
}

describe('README.md', () => {
  const readme = read('README.md');

  it.each([...names(commands), ...names(events)])('names %s in the contract tables', (name) => {
    expect(readme).toContain(`\`${name}\``);
  });

  it('names no command or event that the contract does not have', () => {
    const known = new Set([...names(commands), ...names(events)]);
    expect(
      unknownNames(readme, known, /^(?:auth|chat|group|message|upload|typing|users?|server|connection):[a-z-]+$/),
    ).toEqual([]);
  });

  it.each(Object.entries(variables))('lists %s with its default and meaning', (name, schema) => {
    const parsed = schema.safeParse(undefined);
    const text = parsed.success && parsed.data !== undefined ? String(parsed.data) : '';
    const value = text === '' ? '' : `\`${text}\``;
    expect(readme).toContain(`| \`${name}\` | ${value} | ${schema.description} |`);
  });
});

describe('docs/protocol.md', () => {
  const protocol = read('docs/protocol.md');

  it('holds the tables as the contract has them; `npm run docs` writes them', () => {
    expect(protocol).toBe(withTables(protocol));
  });

  it.each(['commands', 'events', 'routes', 'socketOnly', 'adminRoutes', 'errors'])(
    'has a place for the table of %s',
    (name) => {
      expect(protocol).toContain(`<!-- table: ${name} -->\n`);
    },
  );
});
