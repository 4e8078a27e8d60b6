/** Compiles into a clean `dist/`, so that nothing of a deleted file is left to run. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

rmSync('dist', { recursive: true, force: true });

const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status !== 0) {
  process.exit(status ?? 1);
}

// The compiler emits TypeScript only; Lua scripts and demo pages are read from beside the compiled code.
for (const asset of globSync('{src,demo}/**/*.{lua,html,css,js,svg}')) {
  cpSync(asset, join('dist', asset));
}

// For generators of clients and for publishing; the running service serves the same under /docs.
const { openApiDocument } = await import('../dist/src/documents/openapi.js');
const { asyncApiDocument } = await import('../dist/src/documents/asyncapi.js');
writeFileSync('dist/openapi.json', JSON.stringify(openApiDocument(), null, 2));
writeFileSync('dist/asyncapi.json', JSON.stringify(asyncApiDocument(), null, 2));
