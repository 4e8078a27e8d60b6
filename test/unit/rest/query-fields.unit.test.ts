import { describe, expect, it } from 'vitest';
import { type CommandName, commands } from '../../../src/contract/index.js';
import { queryReader } from '../../../src/rest/query-fields.js';

const readerFor = (command: CommandName) => queryReader(commands[command].payload, command);
const read = (command: CommandName, query: string) => readerFor(command)(new URLSearchParams(query));

describe('the fields that a query carries', () => {
  it('are numbers where the contract takes numbers', () => {
    expect(read('chat:history', '?afterSeq=0&limit=20')).toEqual({ afterSeq: 0, limit: 20 });
  });

  it('are a list where the contract takes one, also of one', () => {
    expect(read('users:online', 'userIds=1&userIds=a%2Cb')).toEqual({ userIds: ['1', 'a,b'] });
    expect(read('users:online', 'userIds=1')).toEqual({ userIds: ['1'] });
    expect(read('users:online', '')).toEqual({});
  });

  it('stay as they came where they cannot be read, for the schema to refuse', () => {
    expect(read('chat:history', 'limit=ten&afterSeq=&beforeSeq=1&beforeSeq=2')).toEqual({
      limit: 'ten',
      afterSeq: '',
      beforeSeq: ['1', '2'],
    });
  });

  it('are no others than the command takes', () => {
    expect(read('chat:history', '__proto__=x&token=secret&constructor=y')).toEqual({});
  });

  it('cannot be objects: such a command needs a body, and the start says so', () => {
    expect(() => readerFor('chat:sync')).toThrow('no query can carry chat:sync chats');
  });
});
