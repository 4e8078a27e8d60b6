import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { type CommandName, commands, type EventName, events } from '../../../src/contract/index.js';
import { asyncApiDocument } from '../../../src/documents/asyncapi.js';
import { socketPage } from '../../../src/documents/pages.js';

const document = asyncApiDocument();
const key = (kind: string, name: string): string => `${kind}.${name.replaceAll(':', '.')}`;
/** The parsers compile the whole schema of the format first, which takes a busy machine many seconds. */
const OFFICIAL_PARSER = { timeout: 120_000 };

describe('the AsyncAPI document', () => {
  it('is AsyncAPI 3 to the official parser', OFFICIAL_PARSER, async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));

    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    expect(parsed?.version()).toBe('3.0.0');
    const operations = Object.keys(commands).length + Object.keys(events).length;
    expect(parsed?.operations().all()).toHaveLength(operations);
    expect(parsed?.operations().filterByReceive()).toHaveLength(Object.keys(commands).length);
  });

  it.each(Object.keys(commands) as CommandName[])('has the command %s with its answer', (name) => {
    const { summary } = commands[name];
    expect(document.components.messages[key('command', name)]).toMatchObject({ name, summary });
    expect(document.operations[key('command', name)]).toMatchObject({
      action: 'receive',
      summary,
      messages: [{ $ref: `#/channels/chat/messages/${key('command', name)}` }],
      reply: { messages: [{ $ref: `#/channels/chat/messages/${key('answer', name)}` }] },
    });
    expect(document.components.messages[key('answer', name)]?.payload.anyOf).toHaveLength(2);
  });

  it.each(Object.keys(events) as EventName[])('has the event %s', (name) => {
    const { summary } = events[name];
    expect(document.components.messages[key('event', name)]).toMatchObject({ name, summary });
    expect(document.operations[key('event', name)]).toMatchObject({ action: 'send', summary });
  });

  it('has nothing that the contract does not have', () => {
    const expected = 2 * Object.keys(commands).length + Object.keys(events).length;
    expect(Object.keys(document.components.messages)).toHaveLength(expected);
    expect(Object.keys(document.channels.chat.messages)).toEqual(Object.keys(document.components.messages));
  });
});

describe('the page of the AsyncAPI document', () => {
  const page = socketPage(document);

  it.each([
    ...Object.keys(commands).map((name) => key('command', name)),
    ...Object.keys(events).map((name) => key('event', name)),
    ...Object.keys(document.components.schemas),
  ])('has a place for %s, and a link to it', (id) => {
    expect(page).toContain(`<section id="${id}">`);
    expect(page).toContain(`<a href="#${id}">`);
  });

  it('escapes what it takes from the document', () => {
    const { info, ...rest } = document;
    const hostile = socketPage({ ...rest, info: { ...info, title: '<script>alert("&")</script>' } });
    expect(hostile).toContain('<h1>&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;</h1>');
    expect(hostile).not.toContain('<script');
  });
});
