/**
 * Writes the layer rules into biome.json: the floors of the house, and which packages belong to which rooms.
 * Run it after adding a room; the linter then holds everybody to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** A room imports from the floors below it, never from its own floor or from above. */
const floors = [
  ['contract'],
  ['dialects'],
  ['config', 'concurrency'],
  ['database', 'redis', 'logging'],
  ['auth', 'rate-limit'],
  ['profiles'],
  ['delivery'],
  ['cluster', 'commands'],
  ['translation'],
  ['socket', 'rest'],
  ['raw-websocket'],
  ['members'],
  ['attachments'],
  ['messages', 'receipts', 'typing', 'presence'],
  ['chats', 'blocks', 'reports', 'search'],
  ['inbox', 'groups'],
  ['admin'],
  ['health', 'documents'],
];

const ownedPackages = {
  kysely: 'SQL stands in repositories only',
  pg: 'SQL stands in repositories only',
  '@electric-sql/pglite': 'SQL stands in repositories only',
  ioredis: 'Redis commands stand in stores only',
  'socket.io': 'sockets are the business of delivery/ and socket/',
  '@socket.io/redis-adapter': 'sockets are the business of delivery/ and socket/',
  axios: 'the marketplace API is asked in auth/ only',
  jsonwebtoken: 'tokens are read in auth/ only',
  ws: 'plain WebSockets are the business of raw-websocket/',
  '@aws-sdk/client-s3': 'the store of uploads is the business of attachments/',
  '@aws-sdk/s3-presigned-post': 'the store of uploads is the business of attachments/',
};

const allowed = {
  contract: [],
  database: ['kysely', 'pg', '@electric-sql/pglite'],
  redis: ['ioredis'],
  auth: ['axios', 'jsonwebtoken'],
  delivery: ['socket.io'],
  cluster: ['@socket.io/redis-adapter'],
  socket: ['socket.io'],
  'raw-websocket': ['ws'],
  attachments: ['@aws-sdk/client-s3', '@aws-sdk/s3-presigned-post'],
};

function restriction(room, packages) {
  const floor = floors.findIndex((rooms) => rooms.includes(room));
  const closed = floors
    .slice(floor)
    .flat()
    .filter((other) => other !== room);
  const paths = Object.fromEntries(
    Object.entries(ownedPackages)
      .filter(([name]) => !packages.includes(name))
      .map(([name, reason]) => [name, reason]),
  );
  const patterns =
    closed.length === 0
      ? []
      : [
          {
            group: closed.map((other) => `**/${other}/**`),
            message: `${room}/ may not import from its own floor or above`,
          },
        ];
  return { level: 'error', options: { paths, patterns } };
}

function override(includes, rule) {
  return { includes, linter: { rules: { style: { noRestrictedImports: rule } } } };
}

const rooms = floors.flat();
const overrides = [
  ...rooms.map((room) => override([`src/${room}/**`], restriction(room, allowed[room] ?? []))),
  ...rooms.map((room) =>
    override([`src/${room}/**/*.repository.ts`], restriction(room, [...(allowed[room] ?? []), 'kysely'])),
  ),
  ...rooms.map((room) =>
    override(
      [`src/${room}/**/redis-*.store.ts`, `src/${room}/**/redis-*-cache.ts`],
      restriction(room, [...(allowed[room] ?? []), 'ioredis']),
    ),
  ),
  {
    includes: ['src/contract/**'],
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: 'error',
            options: { patterns: [{ group: ['**', '!zod', '!./*'], message: 'the contract imports zod only' }] },
          },
        },
      },
    },
  },
  {
    includes: ['src/**', '!src/config/**'],
    linter: { rules: { style: { noProcessEnv: 'error' } } },
  },
  {
    // What cluster/ emits goes to the adapter, what raw-websocket/ emits to the Socket.IO server, the probe's to itself: not to clients.
    includes: [
      'src/**',
      '!src/delivery/**',
      '!src/cluster/**',
      '!src/raw-websocket/**',
      '!src/socket/socket-io-insides.ts',
    ],
    plugins: ['./scripts/emit-in-delivery.grit'],
  },
];

const config = JSON.parse(readFileSync('biome.json', 'utf8'));
writeFileSync('biome.json', `${JSON.stringify({ ...config, overrides }, null, 2)}\n`);
