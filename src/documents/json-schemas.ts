import { z } from 'zod';

/** JSON Schema as far as this room looks into it. */
export interface JsonSchema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  [keyword: string]: unknown;
}

export interface JsonSchemas<K extends string> {
  /** One for each schema that was asked for. */
  roots: Record<K, JsonSchema>;
  /** The entities they refer to, by the `id` the contract gives them. */
  entities: Record<string, JsonSchema>;
}

interface Options {
  /** `input` for what clients send, `output` for what the service answers. */
  io: 'input' | 'output';
  target: 'draft-2020-12' | 'draft-7';
  /** Where the document keeps its entities, for example `#/components/schemas/`. */
  entitiesAt: string;
}

/**
 * Translates schemas of the contract, all together, so that an entity that several of them use stands once.
 *
 * Objects stay open: fields are added within a version of the protocol, and a client that refused them would break.
 */
export function jsonSchemas<K extends string>(
  schemas: Record<K, z.ZodType>,
  { io, target, entitiesAt }: Options,
): JsonSchemas<K> {
  const translated = z.toJSONSchema(z.object(schemas), {
    io,
    target,
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) {
        delete jsonSchema.additionalProperties;
      }
    },
  });
  const { properties, $defs, definitions } = pointingTo(entitiesAt, translated) as JsonSchema;
  return {
    roots: properties as Record<K, JsonSchema>,
    entities: ($defs ?? definitions ?? {}) as Record<string, JsonSchema>,
  };
}

export interface ObjectShape {
  properties: Record<string, JsonSchema>;
  required: ReadonlySet<string>;
}

/** Each of the shapes that an object may have, also one that may be left out; what is no object has none. */
export function shapesOf(schema: JsonSchema): ObjectShape[] {
  return [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(({ properties, required }) =>
    properties === undefined ? [] : [{ properties, required: new Set(required) }],
  );
}

/**
 * The entities of both directions in one list.
 *
 * @throws where one looks different to those who send it and to those who receive it: it needs two ids in the contract
 */
export function mergedEntities(
  sent: Record<string, JsonSchema>,
  received: Record<string, JsonSchema>,
): Record<string, JsonSchema> {
  for (const [name, schema] of Object.entries(sent)) {
    const other = received[name];
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(schema)) {
      throw new Error(`unable to describe the protocol; ${name} is sent in one shape and received in another`);
    }
  }
  return { ...sent, ...received };
}

const LOCAL_REF = /^#\/(?:\$defs|definitions)\//;

function pointingTo(entitiesAt: string, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => pointingTo(entitiesAt, item));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace(LOCAL_REF, entitiesAt) : pointingTo(entitiesAt, item),
    ]),
  );
}
