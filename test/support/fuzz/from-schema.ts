import fc from 'fast-check';
import { z } from 'zod';
import { type CommandName, commands } from '../../../src/contract/index.js';

/** The part of JSON Schema that the contract's payloads come to. */
interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  /** Good values of a shape too narrow to be hit by chance. */
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
}

interface KnownIds {
  chats: readonly string[];
  messages: readonly string[];
  users: readonly number[];
}

interface Context extends KnownIds {
  definitions: Record<string, Schema>;
}

/** Longer strings and lists say nothing new about a payload that is meant to be good. */
const LONGEST_TEXT = 64;
const LONGEST_LIST = 8;

/** Payloads that fit the contract in shape, with the ids among them taken from `ids` as often as not. */
export function payloadOf(command: CommandName, ids: KnownIds): fc.Arbitrary<unknown> {
  const schema = z.toJSONSchema(commands[command].payload, { io: 'input' }) as Schema;
  return fromSchema(schema, { ...ids, definitions: schema.$defs ?? {} });
}

function fromSchema(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const named = schema.$ref === undefined ? undefined : context.definitions[schema.$ref.replace('#/$defs/', '')];
  if (named !== undefined) {
    return fromSchema(named, context);
  }
  if (schema.const !== undefined || schema.enum !== undefined) {
    return fc.constantFrom(...(schema.enum ?? [schema.const]));
  }
  if (schema.examples !== undefined) {
    const { examples, ...shape } = schema;
    return fc.oneof(fc.constantFrom(...examples), fromSchema(shape, context));
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) {
    return fc.oneof(...options.map((option) => fromSchema(option, context)));
  }
  switch (schema.type) {
    case 'object': {
      const required = new Set(schema.required);
      const fields: Record<string, fc.Arbitrary<unknown>> = {};
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        const present = fromSchema(value, context);
        fields[key] = required.has(key) ? present : fc.option(present, { nil: undefined });
      }
      // JSON leaves out what is undefined.
      return fc.record(fields);
    }
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, context), {
        maxLength: Math.min(schema.maxItems ?? LONGEST_LIST, LONGEST_LIST),
      });
    case 'string':
      return schema.format === 'uuid'
        ? fc.oneof(fc.constantFrom(...context.chats), fc.constantFrom(...context.messages), fc.uuid())
        : fc.string({
            minLength: schema.minLength ?? 0,
            maxLength: Math.min(schema.maxLength ?? LONGEST_TEXT, LONGEST_TEXT),
            unit: 'binary',
          });
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.constantFrom(...context.users),
        fc.maxSafeInteger().map((value) => Math.min(Math.max(value, schema.minimum ?? value), schema.maximum ?? value)),
        fc.nat({ max: 200 }),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`unable to make up a value; the contract uses a schema unknown here: ${JSON.stringify(schema)}`);
  }
}
