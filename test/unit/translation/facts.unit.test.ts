import { describe, expect, it } from 'vitest';
import type { Authenticator } from '../../../src/auth/authenticator.js';
import type { Config } from '../../../src/config/config.js';
import type { Profile } from '../../../src/contract/index.js';
import { catalogue } from '../../../src/dialects/catalogue.js';
import type { Dialect } from '../../../src/dialects/dialect.js';
import { mentionsOfEvent } from '../../../src/dialects/mentions.js';
import type { ProfilesService } from '../../../src/profiles/profiles.service.js';
import type { ChatNumbersRepository } from '../../../src/translation/chat-numbers.repository.js';
import { FactFinder } from '../../../src/translation/facts.js';
import { message } from '../../support/dialects/every-event.js';

/** A store that takes for ever, and counts who waits for it. */
function finder() {
  let asked = 0;
  const profiles = {
    of: () => {
      asked += 1;
      return new Promise<Map<string, Profile>>(() => undefined);
    },
  };
  const numbers = { numbersOf: (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => [id, 1]))) };
  const facts = new FactFinder(
    {} as Config,
    numbers as unknown as ChatNumbersRepository,
    profiles as unknown as ProfilesService,
    {} as Authenticator,
  );
  const about = (dialect: Dialect) => facts.about(mentionsOfEvent({ name: 'message:new', payload: message }), dialect);
  return { about, asked: () => asked };
}

describe('what is looked up of a message', () => {
  it.each(['rooms', 'live'] as const)('is nothing for %s, whose clients are told no profiles', (name) => {
    const { about, asked } = finder();
    expect(about(catalogue[name])).not.toBeInstanceOf(Promise);
    expect(asked()).toBe(0);
  });

  it.each(['conversations', 'plain-websocket'] as const)('is the profile of its sender for %s', (name) => {
    const { about, asked } = finder();
    expect(about(catalogue[name])).toBeInstanceOf(Promise);
    expect(asked()).toBe(1);
  });
});
