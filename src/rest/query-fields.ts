import { z } from 'zod';

/** The part of JSON Schema that decides how a field is read from text. */
interface FieldSchema {
  type?: string;
  properties?: Record<string, FieldSchema>;
  items?: FieldSchema;
  anyOf?: FieldSchema[];
}

type ReadText = (text: string) => unknown;
type ReadField = (texts: readonly string[]) => unknown;

/**
 * Reads the fields of a route's payload from a query, in which everything is text: `limit=20` is the number 20, a
 * repeated name is a list. What cannot be read stays text, and the contract's schema says what is wrong with it.
 *
 * @param name for the error
 * @throws when the payload has a field that no query can carry; it needs a route with a body then
 */
export function queryReader(payload: z.ZodType, name: string): (query: URLSearchParams) => Record<string, unknown> {
  const schema: FieldSchema = z.toJSONSchema(payload, { io: 'input' }) as FieldSchema;
  const object = [schema, ...(schema.anyOf ?? [])].find(({ properties }) => properties !== undefined);
  const readers = Object.entries(object?.properties ?? {}).map(
    ([field, fieldSchema]) => [field, readerOf(fieldSchema, `${name} ${field}`)] as const,
  );
  return (query) => {
    const fields: Record<string, unknown> = {};
    for (const [name, read] of readers) {
      const texts = query.getAll(name);
      if (texts.length > 0) {
        fields[name] = read(texts);
      }
    }
    return fields;
  };
}

function readerOf(schema: FieldSchema, name: string): ReadField {
  const list = variants(schema).find(({ type }) => type === 'array');
  if (list !== undefined) {
    const readItem = scalarReader(list.items ?? {}, name);
    return (texts) => texts.map(readItem);
  }
  const read = scalarReader(schema, name);
  // A value given twice is a mistake to be told, not a choice to be made.
  return ([text = '', ...others]) => (others.length > 0 ? [text, ...others] : read(text));
}

function scalarReader(schema: FieldSchema, name: string): ReadText {
  const types = new Set(variants(schema).map(({ type }) => type));
  if (types.has('string')) {
    return (text) => text;
  }
  if (types.has('integer') || types.has('number')) {
    return (text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : text);
  }
  if (types.has('boolean')) {
    return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  }
  throw new Error(`unable to start; no query can carry ${name}`);
}

function variants({ anyOf, ...schema }: FieldSchema): FieldSchema[] {
  return anyOf === undefined ? [schema] : anyOf.flatMap(variants);
}
