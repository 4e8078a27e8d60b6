import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from '../../../demo/client/outbox.js';
import { CommandFailed, NotAnswered } from '../../../demo/client/outcome.js';
import type { CommandData, CommandInput, CommandName, ErrorCode } from '../../../src/contract/index.js';
import { ChatError } from '../../../src/contract/index.js';
import { aMessage, CHAT_ID } from './a-message.js';

type Sent = CommandInput<'message:send'>;

/** Answers from a script: `null` is success, anything else is thrown. */
class ScriptedConnection {
  ready = true;
  readonly commands: CommandName[] = [];
  readonly sent: Sent[] = [];
  readonly renewToken = vi.fn(async () => undefined);

  constructor(private readonly script: (Error | null)[] = []) {}

  async ask<C extends CommandName>(command: C, payload: CommandInput<C>): Promise<CommandData<C>> {
    this.commands.push(command);
    this.sent.push(payload as Sent);
    const error = this.script.shift() ?? null;
    if (error !== null) {
      throw error;
    }
    return aMessage(this.sent.length) as CommandData<C>;
  }

  get texts(): string[] {
    return this.sent.map(({ text }) => text);
  }
}

const failed = (code: ErrorCode): CommandFailed => new CommandFailed(new ChatError(code, 'send', 'x').toFailure());
const draft = (text: string) => ({ chatId: CHAT_ID, text, clientMessageId: text });

describe('the outbox', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('repeats a message under its key until it is acked', async () => {
    const connection = new ScriptedConnection([failed('OVERLOADED'), new NotAnswered('late'), null]);
    const sent = new Outbox(connection).send(draft('one'));
    await vi.runAllTimersAsync();
    await sent;
    expect(connection.sent.map(({ clientMessageId }) => clientMessageId)).toEqual(['one', 'one', 'one']);
  });

  it('keeps the order of a chat over failures', async () => {
    const connection = new ScriptedConnection([failed('UNAVAILABLE'), null, null]);
    const outbox = new Outbox(connection);
    const sent = [outbox.send(draft('one')), outbox.send(draft('two'))];
    await vi.runAllTimersAsync();
    await Promise.all(sent);
    expect(connection.texts).toEqual(['one', 'one', 'two']);
  });

  it('tells the sender what will never be taken, and goes on with the next', async () => {
    const outbox = new Outbox(new ScriptedConnection([failed('MESSAGE_TOO_LONG'), null]));
    const [one, two] = [outbox.send(draft('one')), outbox.send(draft('two'))];
    await expect(one).rejects.toThrow(CommandFailed);
    await expect(two).resolves.toBeDefined();
    expect(outbox.size).toBe(0);
  });

  it('does not take lost connections for faults of the service', async () => {
    const lost = Array.from({ length: 4 }, () => new NotAnswered('cut'));
    const outbox = new Outbox(new ScriptedConnection([...lost, failed('INTERNAL'), failed('UNAVAILABLE'), null]));
    const sent = outbox.send(draft('one'));
    await vi.runAllTimersAsync();
    await expect(sent).resolves.toBeDefined();
  });

  it('gives up what the service fails at again and again', async () => {
    const connection = new ScriptedConnection(Array.from({ length: 9 }, () => failed('INTERNAL')));
    const sent = expect(new Outbox(connection).send(draft('one'))).rejects.toThrow(CommandFailed);
    await vi.runAllTimersAsync();
    await sent;
    expect(connection.sent).toHaveLength(5);
  });

  it('repeats edits and deletes too, each behind what was sent to the chat before', async () => {
    const connection = new ScriptedConnection([failed('UNAVAILABLE'), null, new NotAnswered('cut'), null, null]);
    const outbox = new Outbox(connection);
    const target = { chatId: CHAT_ID, messageId: aMessage(1).id };
    const asked = [outbox.send(draft('one')), outbox.edit({ ...target, text: 'two' }), outbox.delete(target)];
    await vi.runAllTimersAsync();
    await Promise.all(asked);
    expect(connection.commands).toEqual([
      'message:send',
      'message:send',
      'message:edit',
      'message:edit',
      'message:delete',
    ]);
  });

  it('waits for the connection, and goes on when it is back', async () => {
    const connection = new ScriptedConnection();
    connection.ready = false;
    const outbox = new Outbox(connection);
    const sent = outbox.send(draft('one'));
    await vi.runAllTimersAsync();
    expect(connection.sent).toEqual([]);
    connection.ready = true;
    outbox.resume();
    await sent;
    expect(outbox.size).toBe(0);
  });

  it('sends what is added the moment the line ran empty', async () => {
    const connection = new ScriptedConnection();
    const outbox = new Outbox(connection);
    await outbox.send(draft('one'));
    await outbox.send(draft('two'));
    expect(connection.texts).toEqual(['one', 'two']);
  });

  it('renews an expired token before it repeats', async () => {
    const connection = new ScriptedConnection([failed('TOKEN_EXPIRED'), null]);
    await new Outbox(connection).send(draft('one'));
    expect(connection.renewToken).toHaveBeenCalledOnce();
  });
});
