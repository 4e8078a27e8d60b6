import type { asyncApiDocument } from './asyncapi.js';
import { Html, html } from './html.js';
import type { JsonSchema } from './json-schemas.js';

type AsyncApi = ReturnType<typeof asyncApiDocument>;

export function indexPage(): string {
  return page(
    'Marketplace chat',
    html`<main>
      <h1>Marketplace chat</h1>
      <p>One contract, two ways to it. Both are described from the same source that the service checks every payload with.</p>
      <ul>
        <li><a href="/docs/socket">Socket.IO: commands and events</a> (<a href="/docs/asyncapi.json">AsyncAPI 3</a>)</li>
        <li><a href="/docs/rest">REST</a> (<a href="/docs/openapi.json">OpenAPI 3.1</a>)</li>
      </ul>
    </main>`,
  );
}

/** Swagger UI draws itself into it. */
export function restPage(): string {
  return page(
    'Marketplace chat: REST',
    html`<div id="reference"></div>
      <noscript>This page needs JavaScript; the document itself is at <a href="/docs/openapi.json">/docs/openapi.json</a>.</noscript>`,
    html`<link rel="icon" href="data:," />
      <link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
      <script defer src="/docs/assets/swagger-ui-bundle.js"></script>
      <script defer src="/docs/assets/rest.js"></script>`,
  );
}

/** The AsyncAPI document as plain markup: all of it is in the page, so the browser's own search finds everything. */
export function socketPage({ info, channels, components }: AsyncApi): string {
  const messages = Object.entries(components.messages);
  const ofKind = (kind: string) => messages.filter(([key]) => key.startsWith(`${kind}.`));
  const answerTo = (key: string) => components.messages[key.replace('command.', 'answer.')]?.payload ?? {};
  const section = (key: string, ...body: Html[]) =>
    html`<section id="${key}"><h3><a href="#${key}">${components.messages[key]?.name ?? ''}</a></h3>
      <p>${components.messages[key]?.summary ?? ''}</p>${body}</section>`;
  return page(
    info.title,
    html`<nav>
        <a href="/docs">Documents</a>
        <h2>Commands</h2>${ofKind('command').map(([key, { name }]) => html`<a href="#${key}">${name}</a>`)}
        <h2>Events</h2>${ofKind('event').map(([key, { name }]) => html`<a href="#${key}">${name}</a>`)}
        <h2>Entities</h2>${Object.keys(components.schemas).map((name) => html`<a href="#${name}">${name}</a>`)}
      </nav>
      <main>
        <h1>${info.title}</h1>
        <p>${info.description} The namespace is <code>${channels.chat.address}</code>. The same as <a href="/docs/asyncapi.json">AsyncAPI 3</a>.</p>
        <h2>Commands</h2>
        ${ofKind('command').map(([key, { payload }]) =>
          section(key, html`<h4>Payload</h4>`, schemaTable(payload), html`<h4>Answer</h4>`, schemaTable(answerTo(key))),
        )}
        <h2>Events</h2>
        ${ofKind('event').map(([key, { payload }]) => section(key, schemaTable(payload)))}
        <h2>Entities</h2>
        ${Object.entries(components.schemas).map(
          ([name, schema]) =>
            html`<section id="${name}"><h3><a href="#${name}">${name}</a></h3>${schemaTable(schema)}</section>`,
        )}
      </main>`,
  );
}

function page(title: string, body: Html, head: Html = new Html('')): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${title}</title>
<link rel="stylesheet" href="/docs/assets/docs.css" />
${head}
</head>
<body>
${body}
</body>
</html>
`.text;
}

/** An object as a table of its fields; anything else as a line. */
function schemaTable(schema: JsonSchema): Html {
  const alternatives = (schema.anyOf ?? schema.oneOf)?.filter(({ properties }) => properties !== undefined);
  if (alternatives !== undefined && alternatives.length > 0) {
    return html`${alternatives.map(schemaTable)}`;
  }
  if (schema.properties === undefined) {
    return html`<p>${typeOf(schema)}</p>`;
  }
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties).map(
    ([name, field]) => html`<tr><td><code>${name}</code>${required.has(name) ? '' : ' (optional)'}</td>
      <td>${typeOf(field)}</td><td>${field.description ?? ''}</td></tr>`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}

function typeOf(schema: JsonSchema): Html {
  const { $ref, anyOf, items, properties, type, format } = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return html`<a href="#${name}">${name}</a>`;
  }
  if (anyOf !== undefined) {
    return joined(anyOf.map(typeOf), ' or ');
  }
  if (items !== undefined) {
    return html`list of ${typeOf(items)}`;
  }
  if (properties !== undefined) {
    return schemaTable(schema);
  }
  if (schema.const !== undefined || schema.enum !== undefined) {
    return html`<code>${(schema.enum ?? [schema.const]).map((value) => JSON.stringify(value)).join(' ')}</code>`;
  }
  return html`${format ?? type ?? 'anything'}`;
}

function joined(parts: readonly Html[], separator: string): Html {
  return new Html(parts.map(({ text }) => text).join(separator));
}
