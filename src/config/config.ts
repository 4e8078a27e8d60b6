import { isIPv6 } from 'node:net';
import { CANONICAL, type DialectName } from '../dialects/catalogue.js';
import type { Environment } from './variables.js';

export interface DatabaseConfig {
  /** `postgres` for the shared server, `embedded` for PGlite in `dataDir`. */
  engine: 'postgres' | 'embedded';
  url: string;
  dataDir: string;
  poolSize: number;
  timeoutMs: number;
  migrateOnStart: boolean;
}

export interface RedisConfig {
  url: string;
  channelPrefix: string;
}

export interface AuthConfig {
  marketplaceApiUrl: string;
  validatePath: string;
  timeoutMs: number;
  cacheTtlSeconds: number;
  expiryGraceSeconds: number;
  /** What local signature checks use; `null` leaves the whole judgement to the marketplace API. */
  verificationKey: { kind: 'secret' | 'public'; key: string } | null;
  /** Whether `id:type` counts as a token; never in production. */
  developmentTokens: boolean;
}

export interface DialectConfig {
  /** What clients may choose besides the canonical contract; the default is among them. */
  enabled: readonly DialectName[];
  /** What connections speak that choose nothing; `null` for the canonical contract. */
  default: DialectName | null;
  loginTimeoutSeconds: number;
}

export interface AttachmentConfig {
  /** Hosts, with their port where it is not the scheme's own; `*.example.com` stands for all below. */
  hosts: readonly string[];
  allowHttp: boolean;
  mimeTypes: readonly string[];
  maxBytes: number;
  maxCount: number;
}

export interface UploadConfig {
  bucket: string;
  region: string;
  /** `null` for AWS itself. */
  endpoint: string | null;
  /** `null` leaves it to the AWS SDK where to find them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /** Without a slash at its end. */
  publicUrl: string;
  expirySeconds: number;
}

/** The whole configuration, checked and frozen. Durations say their unit in their name. */
export interface Config {
  environment: Environment['NODE_ENV'];
  logLevel: Environment['LOG_LEVEL'];
  http: { host: string; port: number; allowedOrigins: readonly string[]; trustProxyHops: number };
  database: DatabaseConfig;
  /** `null` runs on memory: one instance. */
  redis: RedisConfig | null;
  auth: AuthConfig;
  /** Without keys there is no admin API. */
  admin: { apiKeys: readonly string[] };
  dialects: DialectConfig;
  presence: { ttlSeconds: number };
  typing: { ttlSeconds: number };
  /** Changing it leaves the chats there are as they are. */
  chats: { key: Environment['CHAT_KEY'] };
  groups: { maxMembers: number };
  messages: { maxLength: number; editWindowSeconds: number; queueLimit: number; sendTimeoutMs: number };
  attachments: AttachmentConfig;
  /** `null` without a store: files are attached by addresses from elsewhere. */
  uploads: UploadConfig | null;
  /** The text search configuration of PostgreSQL that messages are indexed in. */
  search: { config: Environment['SEARCH_CONFIG'] };
  rateLimit: { windowSeconds: number; messages: number; commands: number; searches: number };
  socket: { maxFrameBytes: number; slowClientBufferBytes: number; pingIntervalMs: number; pingTimeoutMs: number };
  shutdownTimeoutMs: number;
}

/** URLs take IPv6 addresses in brackets only. */
function authority(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function databaseUrl(env: Environment): string | null {
  if (env.DATABASE_URL !== undefined) {
    return env.DATABASE_URL;
  }
  if (env.DATABASE_HOST === undefined) {
    return null;
  }
  const url = new URL(`postgres://${authority(env.DATABASE_HOST, env.DATABASE_PORT)}`);
  url.pathname = encodeURIComponent(env.DATABASE_NAME);
  url.username = encodeURIComponent(env.DATABASE_USER);
  url.password = encodeURIComponent(env.DATABASE_PASSWORD ?? '');
  return url.href;
}

function redisUrl(env: Environment): string | null {
  if (env.REDIS_URL !== undefined) {
    return env.REDIS_URL;
  }
  if (env.REDIS_HOST === undefined) {
    return null;
  }
  const url = new URL(`redis://${authority(env.REDIS_HOST, env.REDIS_PORT)}`);
  url.password = encodeURIComponent(env.REDIS_PASSWORD ?? '');
  return url.href;
}

function verificationKey(env: Environment): AuthConfig['verificationKey'] {
  if (env.JWT_PUBLIC_KEY !== undefined) {
    return { kind: 'public', key: env.JWT_PUBLIC_KEY };
  }
  return env.JWT_SECRET === undefined ? null : { kind: 'secret', key: env.JWT_SECRET };
}

function attachments(env: Environment): AttachmentConfig {
  const uploaded = env.S3_PUBLIC_URL === undefined ? [] : [new URL(env.S3_PUBLIC_URL).host];
  return {
    hosts: [...new Set([...(env.ATTACHMENT_HOSTS ?? []), ...uploaded])],
    allowHttp: env.ATTACHMENT_HTTP,
    mimeTypes: env.ATTACHMENT_TYPES,
    maxBytes: env.ATTACHMENT_MAX_BYTES,
    maxCount: env.ATTACHMENT_MAX_COUNT,
  };
}

function uploads(env: Environment): UploadConfig | null {
  if (env.S3_BUCKET === undefined || env.S3_PUBLIC_URL === undefined) {
    return null;
  }
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  return {
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    endpoint: env.S3_ENDPOINT ?? null,
    credentials: accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey },
    publicUrl: env.S3_PUBLIC_URL,
    expirySeconds: env.UPLOAD_EXPIRY_SECONDS,
  };
}

function dialects({ DIALECTS, DEFAULT_DIALECT, LOGIN_TIMEOUT_SECONDS }: Environment): DialectConfig {
  const byDefault = DEFAULT_DIALECT === CANONICAL ? null : DEFAULT_DIALECT;
  return {
    enabled: [...new Set(byDefault === null ? DIALECTS : [...DIALECTS, byDefault])],
    default: byDefault,
    loginTimeoutSeconds: LOGIN_TIMEOUT_SECONDS,
  };
}

/** The typed configuration that the checked environment stands for. */
export function toConfig(env: Environment): Config {
  const postgres = databaseUrl(env);
  const redis = redisUrl(env);
  return {
    environment: env.NODE_ENV,
    logLevel: env.LOG_LEVEL,
    http: {
      host: env.HOST,
      port: env.PORT,
      allowedOrigins: env.FRONTEND_URL,
      trustProxyHops: env.TRUST_PROXY_HOPS,
    },
    database: {
      engine: postgres === null ? 'embedded' : 'postgres',
      url: postgres ?? '',
      dataDir: env.DATA_DIR,
      poolSize: env.DATABASE_POOL_SIZE,
      timeoutMs: env.DATABASE_TIMEOUT_MS,
      migrateOnStart: env.MIGRATE_ON_START,
    },
    redis: redis === null ? null : { url: redis, channelPrefix: env.REDIS_CHANNEL_PREFIX },
    auth: {
      marketplaceApiUrl: env.MARKETPLACE_API_URL,
      validatePath: env.AUTH_VALIDATE_PATH,
      timeoutMs: env.AUTH_TIMEOUT_MS,
      cacheTtlSeconds: env.AUTH_CACHE_TTL_SECONDS,
      expiryGraceSeconds: env.AUTH_EXPIRY_GRACE_SECONDS,
      verificationKey: verificationKey(env),
      developmentTokens: env.DEVELOPMENT_TOKENS,
    },
    admin: { apiKeys: env.ADMIN_API_KEYS ?? [] },
    dialects: dialects(env),
    presence: { ttlSeconds: env.PRESENCE_TTL_SECONDS },
    typing: { ttlSeconds: env.TYPING_TTL_SECONDS },
    chats: { key: env.CHAT_KEY },
    groups: { maxMembers: env.GROUP_MAX_MEMBERS },
    messages: {
      maxLength: env.MESSAGE_MAX_LENGTH,
      editWindowSeconds: env.MESSAGE_EDIT_WINDOW_SECONDS,
      queueLimit: env.WRITE_QUEUE_LIMIT,
      sendTimeoutMs: env.SEND_TIMEOUT_MS,
    },
    attachments: attachments(env),
    uploads: uploads(env),
    search: { config: env.SEARCH_CONFIG },
    rateLimit: {
      windowSeconds: env.RATE_LIMIT_WINDOW_SECONDS,
      messages: env.RATE_LIMIT_MESSAGES,
      commands: env.RATE_LIMIT_COMMANDS,
      searches: env.RATE_LIMIT_SEARCHES,
    },
    socket: {
      maxFrameBytes: env.MAX_FRAME_BYTES,
      slowClientBufferBytes: env.SLOW_CLIENT_BUFFER_BYTES,
      pingIntervalMs: env.PING_INTERVAL_MS,
      pingTimeoutMs: env.PING_TIMEOUT_MS,
    },
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  };
}
