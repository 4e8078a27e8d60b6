import { describe, expect, it } from 'vitest';
import { Voice } from '../../../src/translation/voice.js';
import type { Encoded } from '../../../src/translation/wire.js';

const words = (text: string): Encoded => [{ content: text, options: {} }];

function listener() {
  const heard: unknown[] = [];
  const lost: unknown[] = [];
  const voice = new Voice({ write: (encoded) => heard.push(...encoded.map(({ content }) => content)) }, (error) =>
    lost.push(error),
  );
  return { voice, heard, lost };
}

describe('a voice', () => {
  it('says at once what is at hand', () => {
    const { voice, heard } = listener();
    voice.say(words('one'));
    voice.say(words('two'));
    expect(heard).toEqual(['one', 'two']);
  });

  it('keeps the order of what it is given, whatever is found first', async () => {
    const { voice, heard } = listener();
    const [slow, fast] = [Promise.withResolvers<Encoded>(), Promise.withResolvers<Encoded>()];
    voice.say(words('one'));
    voice.say(slow.promise);
    voice.say(fast.promise);
    voice.say(words('four'));
    fast.resolve(words('three'));
    await fast.promise;
    expect(heard).toEqual(['one']);
    slow.resolve(words('two'));
    await voice.settled();
    expect(heard).toEqual(['one', 'two', 'three', 'four']);
    voice.say(words('five'));
    expect(heard.at(-1)).toBe('five');
  });

  it('tells of what could not be found, and goes on', async () => {
    const { voice, heard, lost } = listener();
    const failure = new Error('the database is away');
    voice.say(Promise.reject(failure));
    voice.say(words('two'));
    await voice.settled();
    expect(lost).toEqual([failure]);
    expect(heard).toEqual(['two']);
  });
});
