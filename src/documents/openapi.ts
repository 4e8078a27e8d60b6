import type { z } from 'zod';
import {
  API_KEY_HEADER,
  API_PATH,
  adminRouteList,
  commands,
  type ErrorCode,
  errorCodes,
  Failure,
  httpStatus,
  PROTOCOL_VERSION,
  type RouteShape,
  routeList,
} from '../contract/index.js';
import {
  type JsonSchema,
  type JsonSchemas,
  jsonSchemas,
  mergedEntities,
  type ObjectShape,
  shapesOf,
} from './json-schemas.js';

const TARGET = { target: 'draft-2020-12', entitiesAt: '#/components/schemas/' } as const;

/** What any route may answer beside its success; the body's limit only concerns those that have one. */
const ALWAYS: readonly number[] = [400, 401, 500, 503];

/** A route as the document shows it, whoever it is for. */
interface DescribedRoute extends RouteShape {
  name: string;
  status: 200 | 201;
  summary: string;
  description: string;
  tag: string;
  payload: z.ZodType;
  data: z.ZodType;
  security: Record<string, never[]>[];
  /** Failures of every such route, by status. */
  failures: readonly number[];
}

const ADMIN_TAG = 'admin';

const described: readonly DescribedRoute[] = [
  ...routeList.map((route) => {
    const { summary, payload, data } = commands[route.command];
    return {
      ...route,
      summary,
      payload,
      data,
      description: `The command \`${route.command}\`.`,
      tag: route.command.split(':')[0] ?? route.command,
      security: [{ token: [] }],
      failures: [...ALWAYS, 429],
    };
  }),
  ...adminRouteList.map((route) => ({
    ...route,
    description: 'For servers of the marketplace.',
    tag: ADMIN_TAG,
    security: [{ apiKey: [] }],
    failures: ALWAYS,
  })),
];

/** The REST API as an OpenAPI 3.1 document, made of the contract alone. */
export function openApiDocument() {
  const payloads = jsonSchemas(
    perRoute(({ payload }) => payload),
    { ...TARGET, io: 'input' },
  );
  const answers = jsonSchemas({ ...perRoute(({ data }) => data), failure: Failure }, { ...TARGET, io: 'output' });
  return {
    openapi: '3.1.1',
    info: {
      title: 'Marketplace chat: REST',
      version: String(PROTOCOL_VERSION),
      description:
        "The commands of the chat over HTTP, and the API of the marketplace's own servers. Live events need the Socket.IO connection that the AsyncAPI document describes.",
    },
    servers: [{ url: API_PATH }],
    security: [{ token: [] }],
    tags: [...new Set(described.map(({ tag }) => tag))].map((name) =>
      name === ADMIN_TAG
        ? { name, description: 'For servers of the marketplace, where the deployment has keys' }
        : { name },
    ),
    paths: pathsOf((route) => operationOf(route, schemaOf(payloads, route), schemaOf(answers, route))),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of the marketplace' },
        apiKey: { type: 'apiKey', in: 'header', name: API_KEY_HEADER, description: 'A key of the deployment' },
      },
      schemas: mergedEntities(payloads.entities, answers.entities),
      responses: failureResponses(answers.roots.failure),
    },
  };
}

function perRoute(of: (route: DescribedRoute) => z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(described.map((route) => [route.name, of(route)]));
}

function schemaOf({ roots }: JsonSchemas<string>, { name }: DescribedRoute): JsonSchema {
  return roots[name] ?? {};
}

/** Routes by path and method, the fields in braces. */
function pathsOf<T>(operation: (route: DescribedRoute) => T): Record<string, Record<string, T>> {
  const paths: Record<string, Record<string, T>> = {};
  for (const route of described) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return paths;
}

function operationOf(route: DescribedRoute, payload: JsonSchema, data: JsonSchema) {
  const shapes = shapesOf(payload);
  const inPath = fieldsOf(shapes, (name) => route.pathFields.includes(name));
  const inQuery = fieldsOf(shapes, (name) => route.fieldsIn === 'query' && !route.pathFields.includes(name));
  const body = route.fieldsIn === 'body' ? bodyOf(shapes, route.pathFields) : null;
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    description: route.description,
    tags: [route.tag],
    security: route.security,
    parameters: [
      ...inPath.map(({ name, schema }) => ({ name, in: 'path', required: true, schema })),
      ...inQuery.map(({ name, schema, required }) => ({ name, in: 'query', required, schema })),
    ],
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      [route.status]: { description: 'Done', content: json(successOf(data)) },
      ...Object.fromEntries(
        [...route.failures, ...(body === null ? [] : [413])].map((status) => [status, responseRef(status)]),
      ),
      default: { $ref: '#/components/responses/failure' },
    },
  };
}

/** Those of the payload's fields that are asked for, each once. */
function fieldsOf(shapes: readonly ObjectShape[], isAsked: (name: string) => boolean) {
  const fields = shapes.flatMap(({ properties, required }) =>
    Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.has(name) })),
  );
  return [...new Map(fields.map((field) => [field.name, field])).values()].filter(({ name }) => isAsked(name));
}

/** `null` where no field is left for a body. */
function bodyOf(shapes: readonly ObjectShape[], pathFields: readonly string[]) {
  const bodies = shapes.map(({ properties, required }) => {
    const fields = Object.entries(properties).filter(([name]) => !pathFields.includes(name));
    const needed = fields.map(([name]) => name).filter((name) => required.has(name));
    return {
      type: 'object',
      properties: Object.fromEntries(fields),
      ...(needed.length === 0 ? {} : { required: needed }),
    };
  });
  const [first, ...others] = bodies;
  if (first === undefined || bodies.every(({ properties }) => Object.keys(properties).length === 0)) {
    return null;
  }
  return {
    required: bodies.every(({ required }) => required !== undefined),
    content: json(others.length === 0 ? first : { oneOf: bodies }),
  };
}

function successOf(data: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { success: { type: 'boolean', const: true }, data },
    required: ['success', 'data'],
  };
}

/** One response for each status, with the codes it may carry, and one for all. */
function failureResponses(failure: JsonSchema) {
  const content = json({
    type: 'object',
    properties: { success: { type: 'boolean', const: false }, error: failure },
    required: ['success', 'error'],
  });
  const codes = Object.keys(errorCodes) as ErrorCode[];
  const byStatus = Map.groupBy(codes, (code) => httpStatus[code]);
  const responses = [...byStatus].map(([status, ofStatus]) => [
    `failure${status}`,
    {
      description: ofStatus.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n\n'),
      ...(status === 429 ? { headers: retryAfter } : {}),
      content,
    },
  ]);
  return { failure: { description: 'Refused; the code says why', content }, ...Object.fromEntries(responses) };
}

const retryAfter = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } };

function responseRef(status: number) {
  return { $ref: `#/components/responses/failure${status}` };
}

function json(schema: JsonSchema) {
  return { 'application/json': { schema } };
}

/** For example `getChatsByChatIdMessages`: as unique as method and path. */
function operationIdOf({ method, path }: RouteShape): string {
  const words = path.split('/').filter((part) => part !== '');
  return (
    method.toLowerCase() +
    words.map((word) => capital(word.replace(/^:(\w)/, (_, letter) => `by${capital(letter)}`))).join('')
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
