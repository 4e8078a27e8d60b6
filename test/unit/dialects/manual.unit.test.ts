import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EventName, events } from '../../../src/contract/index.js';
import { conversations } from '../../../src/dialects/conversations/conversations.js';
import { phrases as conversationsPhrases } from '../../../src/dialects/conversations/phrases.js';
import type { Dialect } from '../../../src/dialects/dialect.js';
import { live } from '../../../src/dialects/live/live.js';
import { phrases as livePhrases } from '../../../src/dialects/live/phrases.js';
import { phrases as roomsPhrases } from '../../../src/dialects/rooms/phrases.js';
import { rooms } from '../../../src/dialects/rooms/rooms.js';
import { everyEvent } from '../../support/dialects/every-event.js';
import { anyFacts, said } from '../../support/dialects/map-probe.js';

const manual = readFileSync(new URL('../../../docs/dialects.md', import.meta.url), 'utf8');

function chapter(title: string): string {
  const text = manual.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (text === undefined) {
    throw new Error(`docs/dialects.md has no chapter ${title}`);
  }
  return text;
}

function wordsHeard(dialect: Dialect): string[] {
  return (Object.keys(events) as EventName[]).flatMap((name) =>
    said(dialect, name, everyEvent[name], anyFacts).map(({ event }) => event),
  );
}

describe.each([
  { name: 'rooms', dialect: rooms, phrases: roomsPhrases },
  { name: 'live', dialect: live, phrases: livePhrases },
  { name: 'conversations', dialect: conversations, phrases: conversationsPhrases },
])('the manual of $name', ({ name, dialect, phrases }) => {
  it('names all that its clients say', () => {
    const text = chapter(name);
    expect(Object.keys(phrases).filter((word) => !text.includes(`| \`${word}\``))).toEqual([]);
  });

  it('names all that its clients hear', () => {
    const text = chapter(name);
    expect(wordsHeard(dialect).filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
  });
});
