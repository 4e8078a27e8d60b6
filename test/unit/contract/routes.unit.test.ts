import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  adminRouteList,
  commands,
  ErrorCode,
  httpStatus,
  routeList,
  socketOnlyCommands,
} from '../../../src/contract/index.js';
import { type JsonSchema, shapesOf } from '../../../src/documents/json-schemas.js';
import { queryReader } from '../../../src/rest/query-fields.js';

describe('the table of routes', () => {
  it.each(routeList)('names in $name only fields that $command takes', ({ command, pathFields }) => {
    const schema = z.toJSONSchema(commands[command].payload, { io: 'input' }) as JsonSchema;
    const shapes = shapesOf(schema);
    expect(shapes).not.toEqual([]);
    for (const { properties } of shapes) {
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([...pathFields]));
    }
  });

  it.each(routeList.filter(({ fieldsIn }) => fieldsIn === 'query'))(
    'asks nothing of a query in $name that it cannot carry',
    ({ command }) => {
      expect(() => queryReader(commands[command].payload, command)).not.toThrow();
    },
  );

  it('covers every command, or says why not, and never both', () => {
    const routed = new Set<string>(routeList.map(({ command }) => command));
    const excused = Object.keys(socketOnlyCommands);

    expect([...routed, ...excused].toSorted()).toEqual(Object.keys(commands).toSorted());
    expect(excused.filter((name) => routed.has(name))).toEqual([]);
  });

  it('matches no request with two routes', () => {
    const shapes = [...routeList, ...adminRouteList].map(
      ({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, ':')}`,
    );
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});

describe('the table of admin routes', () => {
  it.each(adminRouteList)('names in $name only fields that it takes', ({ payload, pathFields }) => {
    const schema = z.toJSONSchema(payload, { io: 'input' }) as JsonSchema;
    const shapes = shapesOf(schema);
    expect(shapes).toHaveLength(1);
    expect(Object.keys(shapes[0]?.properties ?? {})).toEqual(expect.arrayContaining([...pathFields]));
  });

  it.each(adminRouteList.filter(({ fieldsIn }) => fieldsIn === 'query'))(
    'asks nothing of a query in $name that it cannot carry',
    ({ name, payload }) => {
      expect(() => queryReader(payload, name)).not.toThrow();
    },
  );

  it.each(adminRouteList)('completes the error sentence for $name', ({ operation }) => {
    expect(operation).toMatch(/^[a-z]+(?: [a-z]+)*$/);
  });
});

describe('the HTTP status of a failure', () => {
  it.each(ErrorCode.options)('of %s is one that HTTP has for failures', (code) => {
    expect([400, 401, 403, 404, 409, 413, 429, 500, 503]).toContain(httpStatus[code]);
  });
});
