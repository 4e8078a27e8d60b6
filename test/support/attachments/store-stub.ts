import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Condition = Record<string, string> | [operator: string, ...unknown[]];

interface Policy {
  expiration: string;
  conditions: Condition[];
}

interface StoredObject {
  body: Buffer;
  type: string;
  disposition: string;
}

interface StoreOptions {
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Fields of a form that the policy need not speak of. */
const EXEMPT = new Set(['Policy', 'X-Amz-Signature', 'file']);

/** What a store says of a form that it does not take: its error code. */
class Refused extends Error {}

/**
 * As much of an S3-compatible store as uploads by form need: it takes a form whose signature and policy hold, by the
 * rules of the S3 documentation, and gives what it has taken to everybody.
 */
export class StoreStub {
  readonly objects = new Map<string, StoredObject>();
  /** The store's clock. */
  now: () => Date = () => new Date();

  private constructor(
    private readonly server: Server,
    private readonly options: StoreOptions,
  ) {}

  static async start(options: StoreOptions): Promise<StoreStub> {
    const server = createServer();
    const stub = new StoreStub(server, options);
    server.on('request', (request, response) => void stub.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const [, bucket, ...key] = pathname.split('/');
    try {
      if (request.method === 'POST' && bucket === this.options.bucket) {
        const status = await this.take(request);
        response.writeHead(status).end();
        return;
      }
      const object = this.objects.get(decodeURIComponent(key.join('/')));
      if (object === undefined) {
        response.writeHead(404).end('NoSuchKey');
        return;
      }
      response.writeHead(200, { 'content-type': object.type, 'content-disposition': object.disposition });
      response.end(object.body);
    } catch (error) {
      response.writeHead(error instanceof Refused ? 403 : 500).end(error instanceof Error ? error.message : '');
    }
  }

  /** @returns the status that the form asked for */
  private async take(request: IncomingMessage): Promise<number> {
    const body = await buffer(request);
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData();
    const fields = new Map<string, string>();
    let file: File | undefined;
    for (const [name, value] of form) {
      if (file !== undefined) {
        throw new Refused('InvalidArgument: a field after the file');
      }
      if (typeof value === 'string') {
        fields.set(name, value);
      } else {
        file = value;
      }
    }
    if (file === undefined) {
      throw new Refused('InvalidArgument: no file');
    }
    const policy = this.verify(fields);
    this.checkConditions(policy, new Map([...fields, ['bucket', this.options.bucket]]), file.size);
    this.objects.set(fields.get('key') ?? '', {
      body: Buffer.from(await file.arrayBuffer()),
      type: fields.get('Content-Type') ?? 'binary/octet-stream',
      disposition: fields.get('Content-Disposition') ?? '',
    });
    return Number(fields.get('success_action_status') ?? 204);
  }

  /** Signature Version 4, computed anew from the secret. */
  private verify(fields: ReadonlyMap<string, string>): Policy {
    const encoded = fields.get('Policy') ?? '';
    const [keyId, date = '', region = '', service = '', terminator = ''] = (fields.get('X-Amz-Credential') ?? '').split(
      '/',
    );
    const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
    const signingKey = [region, service, terminator].reduce(hmac, hmac(`AWS4${this.options.secretAccessKey}`, date));
    const expected = hmac(signingKey, encoded);
    const given = Buffer.from(fields.get('X-Amz-Signature') ?? '', 'hex');
    const scope = [keyId, region, service, terminator].join('/');
    if (scope !== `${this.options.accessKeyId}/${this.options.region}/s3/aws4_request`) {
      throw new Refused('InvalidAccessKeyId');
    }
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new Refused('SignatureDoesNotMatch');
    }
    return JSON.parse(Buffer.from(encoded, 'base64').toString()) as Policy;
  }

  private checkConditions({ expiration, conditions }: Policy, fields: ReadonlyMap<string, string>, size: number): void {
    if (new Date(expiration) <= this.now()) {
      throw new Refused('AccessDenied: policy expired');
    }
    const spokenOf = new Set(EXEMPT);
    for (const condition of conditions) {
      if (!Array.isArray(condition)) {
        for (const [name, value] of Object.entries(condition)) {
          spokenOf.add(name);
          demand(fields.get(name) === value, name);
        }
        continue;
      }
      const [operator, first, second] = condition;
      demand(operator === 'content-length-range', String(operator));
      demand(size >= Number(first) && size <= Number(second), 'content-length-range');
    }
    for (const name of fields.keys()) {
      demand(spokenOf.has(name), `extra input field ${name}`);
    }
  }
}

function demand(holds: boolean, what: string): void {
  if (!holds) {
    throw new Refused(`AccessDenied: ${what}`);
  }
}
