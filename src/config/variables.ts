import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { ATTACHMENTS_MAX, GROUP_MEMBERS_MAX } from '../contract/limits.js';
import { CANONICAL, dialectName, dialectNames } from '../dialects/catalogue.js';

/** Every environment variable of the service: shape, unit, default and purpose. `.env.example` lists the same. */

const flag = z
  .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1');

function integer(min: number, max: number) {
  const range = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, range)
    .transform(Number)
    .refine((value) => value >= min && value <= max, range);
}

function url(...protocols: string[]) {
  const shape = `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z
    .string()
    .refine((value) => protocols.some((start) => value.startsWith(`${start}//`)) && URL.canParse(value), shape);
}

/** A host alone, so that no part of it can turn into a port, a password or a path of the URL it becomes part of. */
const host = z
  .string()
  .refine(
    (value) => isIPv6(value) || /^[\w.-]+$/.test(value),
    'must be a host name or an address, without port, user or path',
  );

const httpUrl = url('http:', 'https:');

const origins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim().replace(/\/$/, '')))
  .refine(
    (list) =>
      list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*')),
    'must be a comma-separated list of origins such as https://shop.example (scheme, host, port; no path, no *)',
  );

/** A host of `url.host`'s form, so that comparing the two is comparing text. */
function isHost(text: string): boolean {
  return !text.includes('*') && URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text;
}

function list(value: string): string[] {
  return value.split(',').map((entry) => entry.trim().toLowerCase());
}

const hosts = z
  .string()
  .transform(list)
  .refine(
    (entries) => entries.map((entry) => entry.replace(/^\*\./, '')).every(isHost),
    'must be a comma-separated list of hosts such as files.shop.example or *.cdn.example (no scheme, no path)',
  );

const mimeTypes = z
  .string()
  .transform(list)
  .refine(
    (entries) => entries.every((entry) => /^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/.test(entry)),
    'must be a comma-separated list of MIME types such as image/png,application/pdf',
  );

const defaultDialect = z
  .string()
  .transform((name) => (name === CANONICAL ? CANONICAL : dialectName(name)))
  .refine((name) => name !== null, `must be ${CANONICAL} or one of ${dialectNames.join(', ')}`)
  .transform((name) => name ?? CANONICAL);

const dialects = z
  .string()
  .transform((value) => list(value).map(dialectName))
  .refine(
    (names) => names.every((name) => name !== null),
    `must be a comma-separated list of ${dialectNames.join(', ')}`,
  )
  .transform((names) => [...new Set(names.filter((name) => name !== null))]);

/** A place under which files lie: whatever came after its path would end up in the middle of their addresses. */
const folderUrl = httpUrl
  .refine((value) => /^[^?#@]*$/.test(value), 'must have no user, query or fragment')
  .transform((value) => value.replace(/\/+$/, ''));

const apiKeys = z
  .string()
  .transform((list) => list.split(',').map((key) => key.trim()))
  .refine(
    (keys) => keys.every((key) => /^[\x21-\x7e]{32,}$/.test(key)),
    'must be a comma-separated list of keys, each of at least 32 characters (letters, digits, signs; no spaces)',
  );

export const variables = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
    .default('development')
    .describe('production demands DATABASE_URL and REDIS_URL unless EMBEDDED=true'),
  HOST: z.string().min(1).default('0.0.0.0').describe('Address to listen on'),
  PORT: integer(0, 65_535).default(3001).describe('Port to listen on; 0 takes a free one'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('info')
    .describe('Least severe level that is logged'),
  FRONTEND_URL: origins
    .default(['http://localhost:3000'])
    .describe('Comma-separated origins whose pages may connect; clients that send no Origin are not browsers and pass'),
  TRUST_PROXY_HOPS: integer(0, 10).default(0).describe('Reverse proxies in front whose X-Forwarded-For is believed'),

  DATABASE_URL: url('postgres:', 'postgresql:').optional().describe('PostgreSQL shared with the marketplace API'),
  DATABASE_HOST: host.optional().describe('Host of PostgreSQL, where DATABASE_URL is not set'),
  DATABASE_PORT: integer(1, 65_535).default(5432).describe('Port, with DATABASE_HOST'),
  DATABASE_NAME: z.string().min(1).default('marketplace').describe('Database, with DATABASE_HOST'),
  DATABASE_USER: z.string().min(1).default('postgres').describe('User, with DATABASE_HOST'),
  DATABASE_PASSWORD: z.string().optional().describe('Password, with DATABASE_HOST'),
  DATABASE_POOL_SIZE: integer(3, 200).default(10).describe('Connections this instance may open'),
  DATABASE_TIMEOUT_MS: integer(100, 600_000)
    .default(10_000)
    .describe('Longest wait for a connection and for one statement, milliseconds'),
  MIGRATE_ON_START: flag.default(true).describe('Bring schema chat up to date before listening'),

  REDIS_URL: url('redis:', 'rediss:').optional().describe('Redis shared by all instances'),
  REDIS_HOST: host.optional().describe('Host of Redis, where REDIS_URL is not set'),
  REDIS_PORT: integer(1, 65_535).default(6379).describe('Port, with REDIS_HOST'),
  REDIS_PASSWORD: z.string().optional().describe('Password, with REDIS_HOST'),
  REDIS_CHANNEL_PREFIX: z
    .string()
    .regex(/^[\w:.-]{1,64}$/, 'must be 1 to 64 letters, digits or _ : . -')
    .default('chat:socket.io')
    .describe('Start of the pub/sub channels the instances talk over; one per deployment that shares a Redis'),

  EMBEDDED: flag.default(false).describe('Allow the embedded engines in production: one instance, no Redis'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('Folder of the embedded database; memory:// keeps it in memory until exit'),

  MARKETPLACE_API_URL: httpUrl.default('http://localhost:3000').describe('Base URL of the marketplace API'),
  AUTH_VALIDATE_PATH: z
    .string()
    .regex(/^\//, 'must start with /')
    .default('/auth/me')
    .describe('Path that answers 200 and the user for a good token, 401 or 403 for a bad one'),
  AUTH_TIMEOUT_MS: integer(50, 60_000).default(3_000).describe('Longest wait for the marketplace API, milliseconds'),
  AUTH_CACHE_TTL_SECONDS: integer(1, 86_400)
    .default(600)
    .describe('How long a good token is remembered; never past its exp'),
  AUTH_EXPIRY_GRACE_SECONDS: integer(0, 3_600)
    .default(60)
    .describe('Time to refresh an expired token before the connection is closed'),
  JWT_SECRET: z
    .string()
    .min(1)
    .optional()
    .describe('Shared secret (HS256, HS384, HS512): forged tokens are refused before the marketplace API is asked'),
  JWT_PUBLIC_KEY: z
    .string()
    .min(1)
    .transform((pem) => pem.replaceAll('\\n', '\n'))
    .optional()
    .describe('PEM public key (RS, PS, ES); line breaks may be written \\n. Not together with JWT_SECRET'),

  ADMIN_API_KEYS: apiKeys
    .optional()
    .describe(
      'Comma-separated keys of the admin API, at least 32 characters each; several while one replaces another. Not set: no admin API',
    ),
  DEVELOPMENT_TOKENS: flag
    .default(false)
    .describe('Take id:type for the token of a user: anybody is whoever he says. Not in production'),

  DIALECTS: dialects
    .default([])
    .describe('Comma-separated wire formats that clients may choose besides the canonical one; see docs/dialects.md'),
  DEFAULT_DIALECT: defaultDialect
    .default(CANONICAL)
    .describe('Wire format of connections that choose none; it needs no entry in DIALECTS'),
  LOGIN_TIMEOUT_SECONDS: integer(1, 300)
    .default(10)
    .describe('Time to log in for connections of dialects that may come without a token'),

  PRESENCE_TTL_SECONDS: integer(3, 86_400)
    .default(300)
    .describe('How long a user of a crashed instance stays online; renewed three times in that time'),
  TYPING_TTL_SECONDS: integer(1, 300).default(10).describe('How long a typing sign lasts unless renewed'),

  CHAT_KEY: z
    .enum(['pair', 'pair_product'], { error: 'must be pair or pair_product' })
    .default('pair')
    .describe('What a buyer and a seller have one chat for: all products (pair), or each product (pair_product)'),
  MESSAGE_MAX_LENGTH: integer(1, 16_000).default(4_000).describe('Longest text of a message, Unicode characters'),
  MESSAGE_EDIT_WINDOW_SECONDS: integer(0, 31_536_000)
    .default(900)
    .describe('How long after sending a message its author may edit it; 0 for never'),

  ATTACHMENT_HOSTS: hosts
    .optional()
    .describe('Comma-separated hosts that attachments may lie on, *.example.com for all below; without any, none'),
  ATTACHMENT_HTTP: flag.default(false).describe('Allow http:// attachments; not in production'),
  ATTACHMENT_TYPES: mimeTypes
    .default(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/heic', 'application/pdf', 'text/plain'])
    .describe('Comma-separated MIME types that attachments and uploads may have'),
  ATTACHMENT_MAX_BYTES: integer(1, 5_000_000_000).default(20_971_520).describe('Largest attachment or upload, bytes'),
  ATTACHMENT_MAX_COUNT: integer(1, ATTACHMENTS_MAX).default(10).describe('Most attachments of one message'),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional()
    .describe('Bucket of an S3-compatible store; turns uploads on'),
  S3_REGION: z.string().min(1).default('us-east-1').describe('Region of the bucket'),
  S3_ENDPOINT: httpUrl.optional().describe('Base URL of the store, as clients reach it, where it is not AWS'),
  S3_ACCESS_KEY_ID: z
    .string()
    .min(1)
    .optional()
    .describe("Key that signs uploads; without it the AWS SDK's own sources are asked, such as the instance's role"),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional().describe('Secret of S3_ACCESS_KEY_ID'),
  S3_PUBLIC_URL: folderUrl
    .optional()
    .describe('Where clients read what was uploaded, followed by /key; its host is allowed like ATTACHMENT_HOSTS'),
  UPLOAD_EXPIRY_SECONDS: integer(10, 86_400).default(300).describe('Time in which an upload must have begun'),

  GROUP_MAX_MEMBERS: integer(2, GROUP_MEMBERS_MAX).default(200).describe('Most members of a group'),

  SEARCH_CONFIG: z
    .enum(['simple', 'english', 'russian'], { error: 'must be simple, english or russian' })
    .default('simple')
    .describe('How texts are split into words to search by; english and russian also find other forms of a word'),
  MAX_FRAME_BYTES: integer(4_096, 16_777_216)
    .default(65_536)
    .describe(
      'Largest frame a client may send, a larger one ends its connection; also the largest body of a REST request',
    ),
  SLOW_CLIENT_BUFFER_BYTES: integer(65_536, 1_073_741_824)
    .default(1_048_576)
    .describe(
      'What may wait for a client that reads too slowly; beyond it the connection is cut, and the client syncs',
    ),
  WRITE_QUEUE_LIMIT: integer(1, 1_000_000)
    .default(10_000)
    .describe('Messages that may wait for the database; more are answered OVERLOADED'),
  SEND_TIMEOUT_MS: integer(100, 600_000)
    .default(10_000)
    .describe('How long a message is retried while the database is away before UNAVAILABLE, milliseconds'),

  RATE_LIMIT_WINDOW_SECONDS: integer(1, 3_600).default(10).describe('Length of the rate limit window'),
  RATE_LIMIT_MESSAGES: integer(1, 1_000_000)
    .default(50)
    .describe('message:send, :edit, :react, :unreact and upload:create together, per user and window'),
  RATE_LIMIT_SEARCHES: integer(1, 1_000_000).default(30).describe('message:search per user and window'),
  RATE_LIMIT_COMMANDS: integer(1, 1_000_000)
    .default(200)
    .describe('All other commands together, unknown events too, per user and window'),

  PING_INTERVAL_MS: integer(100, 600_000).default(25_000).describe('Socket.IO heartbeat interval, milliseconds'),
  PING_TIMEOUT_MS: integer(100, 600_000).default(20_000).describe('Wait for the answer to a heartbeat, milliseconds'),
  SHUTDOWN_TIMEOUT_MS: integer(100, 600_000)
    .default(8_000)
    .describe('Longest wait for running work after SIGTERM, milliseconds'),
} as const;

export type VariableName = keyof typeof variables;

export const Environment = z.object(variables);
export type Environment = z.output<typeof Environment>;
