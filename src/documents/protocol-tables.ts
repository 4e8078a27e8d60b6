import {
  type AdminRouteName,
  adminRouteList,
  adminRoutes,
  type CommandName,
  commands,
  type ErrorCode,
  type EventName,
  errorCodes,
  events,
  httpStatus,
  routeList,
  socketOnlyCommands,
} from '../contract/index.js';
import { type JsonSchema, jsonSchemas, shapesOf } from './json-schemas.js';

const commandNames = Object.keys(commands) as CommandName[];
const eventNames = Object.keys(events) as EventName[];
const TARGET = { target: 'draft-2020-12', entitiesAt: '' } as const;

/**
 * Writes the contract's tables into a Markdown document, each between `<!-- table: name -->` and
 * `<!-- end of table -->`.
 *
 * @returns the document with its tables as the contract has them now
 * @throws where the document asks for a table that does not exist
 */
export function withTables(markdown: string): string {
  return markdown.replaceAll(
    /(<!-- table: (\w+) -->\n)(?:.*\n)*?(<!-- end of table -->)/g,
    (_, begin: string, name: string, end: string) => {
      const table = tables[name];
      if (table === undefined) {
        throw new Error(`unable to write the tables; there is none for ${name}`);
      }
      return `${begin}\n${table()}\n\n${end}`;
    },
  );
}

const tables: Record<string, () => string> = {
  commands() {
    const payloads = schemasOf(commandNames, (name) => commands[name].payload, 'input');
    const answers = schemasOf(commandNames, (name) => commands[name].data, 'output');
    return table(
      ['command', 'payload', 'answers', 'what it does'],
      commandNames.map((name) => [code(name), outline(payloads[name]), outline(answers[name]), commands[name].summary]),
    );
  },
  events() {
    const payloads = schemasOf(eventNames, (name) => events[name].payload, 'output');
    return table(
      ['event', 'payload', 'when'],
      eventNames.map((name) => [code(name), outline(payloads[name]), events[name].summary]),
    );
  },
  routes() {
    const payloads = schemasOf(commandNames, (name) => commands[name].payload, 'input');
    return table(
      ['route', 'command', 'query', 'JSON body', 'success'],
      routeList.map(({ name, command, pathFields, fieldsIn, status }) => {
        const fields = outlineBeside(pathFields, payloads[command]);
        const [query, body] = fieldsIn === 'query' ? [fields, ''] : ['', fields];
        return [code(name), code(command), query, body, String(status)];
      }),
    );
  },
  adminRoutes() {
    const names = Object.keys(adminRoutes) as AdminRouteName[];
    const payloads = schemasOf(names, (name) => adminRoutes[name].payload, 'input');
    const answers = schemasOf(names, (name) => adminRoutes[name].data, 'output');
    return table(
      ['route', 'query', 'JSON body', 'success', 'answers', 'what it does'],
      adminRouteList.map(({ name, pathFields, fieldsIn, status, summary }) => {
        const fields = outlineBeside(pathFields, payloads[name]);
        const [query, body] = fieldsIn === 'query' ? [fields, ''] : ['', fields];
        return [code(name), query, body, String(status), outline(answers[name]), summary];
      }),
    );
  },
  socketOnly: () =>
    table(
      ['command', 'why it has no route'],
      Object.entries(socketOnlyCommands).map(([name, reason]) => [code(name), reason]),
    ),
  errors: () =>
    table(
      ['code', 'HTTP', 'retryable', 'meaning'],
      (Object.keys(errorCodes) as ErrorCode[]).map((name) => {
        const { retryable, meaning } = errorCodes[name];
        return [code(name), String(httpStatus[name]), retryable ? 'yes' : 'no', meaning];
      }),
    ),
};

function schemasOf<K extends string>(
  names: readonly K[],
  schema: (name: K) => Parameters<typeof jsonSchemas>[0][string],
  io: 'input' | 'output',
): Record<K, JsonSchema> {
  const schemas = Object.fromEntries(names.map((name) => [name, schema(name)])) as Record<K, ReturnType<typeof schema>>;
  return jsonSchemas(schemas, { ...TARGET, io }).roots;
}

/** Between the shapes that a payload may have. */
const OR = '; or ';

/** A schema in a table's cell: an entity's name, or the fields, with a question mark where one may be left out. */
function outline(schema: JsonSchema): string {
  const { $ref, type, items } = schema;
  if ($ref !== undefined) {
    return code($ref);
  }
  if (items !== undefined) {
    return listOf(items);
  }
  const shapes = shapesOf(schema);
  if (shapes.length > 0) {
    return shapes.map((shape) => outlineOf(Object.entries(shape.properties), shape.required) || 'nothing').join(OR);
  }
  return type === 'null' ? 'nothing' : (type ?? 'any');
}

/** The fields of a payload that the path does not carry. */
function outlineBeside(pathFields: readonly string[], payload: JsonSchema): string {
  return shapesOf(payload)
    .map(({ properties, required }) =>
      outlineOf(
        Object.entries(properties).filter(([field]) => !pathFields.includes(field)),
        required,
      ),
    )
    .join(OR);
}

function outlineOf(fields: readonly [string, JsonSchema][], required: ReadonlySet<string>): string {
  return fields
    .map(([name, field]) => {
      const inside = detail(field);
      return `${name}${required.has(name) ? '' : '?'}${inside === '' ? '' : `: ${inside}`}`;
    })
    .join(', ');
}

/** What a field holds, where that is more than a plain value. */
function detail({ $ref, const: only, properties, items, ...schema }: JsonSchema): string {
  if (only !== undefined) {
    return code(String(only));
  }
  if ($ref !== undefined) {
    return code($ref);
  }
  if (properties !== undefined) {
    return `{ ${outline({ properties, ...schema })} }`;
  }
  return items === undefined ? '' : listOf(items);
}

function listOf(items: JsonSchema): string {
  const inside = detail(items);
  return inside === '' ? 'list' : `[${inside}]`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
