import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemas, mergedEntities } from '../../../src/documents/json-schemas.js';

const Thing = z.object({ name: z.string() }).meta({ id: 'ThingOfATest' });
const options = { io: 'output', target: 'draft-2020-12', entitiesAt: '#/somewhere/' } as const;

describe('schemas of the contract as JSON Schema', () => {
  it('put an entity in one place and refer to it there, however deep it is used', () => {
    const { roots, entities } = jsonSchemas({ one: Thing, many: z.object({ things: z.array(Thing) }) }, options);

    expect(roots.one).toEqual({ $ref: '#/somewhere/ThingOfATest' });
    expect(roots.many.properties?.things).toEqual({ type: 'array', items: { $ref: '#/somewhere/ThingOfATest' } });
    expect(entities).toEqual({
      ThingOfATest: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    });
  });

  it('show clients what they may send, not what becomes of it', () => {
    const field = z.union([z.int().nonnegative().transform(String), z.string()]).default('x');
    const { roots } = jsonSchemas({ payload: z.object({ field }) }, { ...options, io: 'input' });

    expect(roots.payload.required).toBeUndefined();
    expect(roots.payload.properties?.field?.anyOf?.map(({ type }) => type)).toEqual(['integer', 'string']);
  });

  it('refuse an entity that is sent in one shape and received in another', () => {
    const [small, large] = [{ Thing: { type: 'string' } }, { Thing: { type: 'integer' } }];

    expect(() => mergedEntities(small, large)).toThrow('Thing is sent in one shape and received in another');
    expect(mergedEntities(small, { Other: {} })).toEqual({ Thing: { type: 'string' }, Other: {} });
  });
});
