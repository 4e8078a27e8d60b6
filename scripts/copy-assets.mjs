/** The compiler emits TypeScript only; Lua scripts and demo pages are read from beside the compiled code. */
import { cpSync, globSync } from 'node:fs';
import { join } from 'node:path';

for (const asset of globSync('{src,demo}/**/*.{lua,html,css,js}')) {
  cpSync(asset, join('dist', asset));
}
