/** Writes the contract's tables into docs/protocol.md. A test fails while they are stale. Needs a build: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from '../dist/src/documents/protocol-tables.js';

const path = new URL('../docs/protocol.md', import.meta.url);
writeFileSync(path, withTables(readFileSync(path, 'utf8')));
