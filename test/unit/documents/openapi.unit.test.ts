import SwaggerParser from '@apidevtools/swagger-parser';
import { describe, expect, it } from 'vitest';
import {
  adminRouteList,
  commands,
  type ErrorCode,
  errorCodes,
  httpStatus,
  type RouteShape,
  routeList,
} from '../../../src/contract/index.js';
import type { JsonSchema } from '../../../src/documents/json-schemas.js';
import { openApiDocument } from '../../../src/documents/openapi.js';

const document = openApiDocument();

const allRoutes: readonly (RouteShape & { name: string })[] = [...routeList, ...adminRouteList];

function operationOf({ path, method }: RouteShape) {
  return document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
}
/** The parsers compile the whole schema of the format first, which takes a busy machine many seconds. */
const OFFICIAL_PARSER = { timeout: 120_000 };

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 to the official parser', OFFICIAL_PARSER, async () => {
    // The parser puts what is referred to in its place, so it gets a copy.
    const valid = await SwaggerParser.validate(structuredClone(document) as never);
    expect(valid).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
  });

  it.each(routeList)('has $name, with its summary, its success and the failures of all', (route) => {
    const operation = operationOf(route);

    expect(operation?.summary).toBe(commands[route.command].summary);
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining([String(route.status), '400', '401', '429', '500', '503', 'default']),
    );
  });

  it.each(adminRouteList)('has $name, for whoever holds a key', (route) => {
    const operation = operationOf(route);

    expect(operation?.summary).toBe(route.summary);
    expect(operation?.security).toEqual([{ apiKey: [] }]);
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining([String(route.status), '400', '401', '500', '503', 'default']),
    );
  });

  it('says that clients bring a token, and servers of the marketplace a key', () => {
    for (const route of routeList) {
      expect(operationOf(route)?.security).toEqual([{ token: [] }]);
    }
    expect(document.components.securitySchemes.apiKey).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'X-Api-Key',
    });
  });

  it('has no route that the contract does not have, and no operationId twice', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations).toHaveLength(allRoutes.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(allRoutes.length);
  });

  it('says where each field of a payload goes, and which are needed', () => {
    const [read, send, online] = ['GET /chats/:chatId/messages', 'POST /messages', 'GET /users/online'].map((name) => {
      const route = routeList.find((candidate) => candidate.name === name);
      return route && operationOf(route);
    });
    const places = read?.parameters.map(({ name, in: place, required }) => [name, place, required]);

    expect(places).toEqual([
      ['chatId', 'path', true],
      ['beforeSeq', 'query', false],
      ['afterSeq', 'query', false],
      ['limit', 'query', false],
    ]);
    expect(send?.parameters).toEqual([]);
    expect(send?.requestBody?.required).toBe(true);
    expect(send?.requestBody?.content['application/json'].schema).toMatchObject({
      required: ['chatId', 'text'],
      properties: { clientMessageId: expect.anything(), productId: expect.anything() },
    });
    expect(online?.parameters).toMatchObject([{ name: 'userIds', in: 'query', schema: { type: 'array' } }]);
    expect(online?.requestBody).toBeUndefined();
  });

  it('tells apart the shapes that a body may have', () => {
    const create = routeList.find(({ name }) => name === 'POST /chats');

    expect(create && operationOf(create)?.requestBody).toMatchObject({
      required: true,
      content: {
        'application/json': {
          schema: {
            oneOf: [
              { required: ['buyerId', 'sellerId'], properties: { productId: expect.anything() } },
              { required: ['type', 'name', 'userIds'], properties: { type: { const: 'group' } } },
            ],
          },
        },
      },
    });
  });

  it('keeps what the path carries out of the body', () => {
    const bodies = allRoutes.map((route) => {
      const schema: JsonSchema | undefined = operationOf(route)?.requestBody?.content['application/json'].schema;
      return [route, Object.keys(schema?.properties ?? {})] as const;
    });
    for (const [{ name, pathFields }, fields] of bodies) {
      expect(
        fields.filter((field) => pathFields.includes(field)),
        name,
      ).toEqual([]);
    }
  });

  it.each(Object.keys(errorCodes) as ErrorCode[])('explains %s under its status', (code) => {
    const responses: Record<string, { description: string }> = document.components.responses;
    expect(responses[`failure${httpStatus[code]}`]?.description).toContain(`\`${code}\`: ${errorCodes[code].meaning}`);
  });

  it('leaves objects open, for fields that are added later', () => {
    expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
  });
});
