import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { Config } from '../config/config.js';
import { toLoggedError } from './logged-error.js';

/**
 * Where secrets and message bodies could stand in an object that is logged. The code logs neither; this catches the
 * day somebody logs a request, a payload or a session whole.
 */
const SECRET_PATHS = ['token', 'text', 'authorization', 'password', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
  `*.*.*.${name}`,
]);

interface LoggedRequest {
  id: unknown;
  method: string;
  url: string;
}

/** JSON lines on standard output, or on `destination`. */
export function loggingModule(config: Config, destination?: DestinationStream): DynamicModule {
  const options = {
    level: config.logLevel,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    // Probes come every few seconds and say nothing; sockets do not pass here.
    autoLogging: { ignore: ({ url }: { url?: string }) => url?.startsWith('/health') ?? false },
    serializers: {
      // Headers and the query may carry a token.
      req: ({ id, method, url }: LoggedRequest) => ({ id, method, path: url.split('?')[0] }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      // Errors of requests come reduced already, with the original under `raw`.
      err: (error: { raw?: unknown } | null) => toLoggedError(error?.raw ?? error),
    },
  };
  return LoggerModule.forRoot({
    pinoHttp: destination === undefined ? options : [options, destination],
    // Under a pattern with a wildcard, a path that cannot be decoded would be answered before its route is asked.
    forRoutes: ['/'],
  });
}
