import { Injectable } from '@nestjs/common';
import { CommandRunner } from '../commands/command-runner.js';
import { type Ack, ChatError } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import type { AnyCall, Dialect, Meaning } from '../dialects/dialect.js';
import { Interpreter, type Outcome } from '../translation/interpreter.js';
import { speakerOf } from '../translation/speaker.js';
import { Speech } from '../translation/speech.js';
import { Admission } from './admission.js';
import { DialectQuotas } from './dialect-quotas.js';
import { MovesUnderWay } from './moves-under-way.js';
import { operationOf, SocketCommands } from './socket-commands.js';

type MeaningOf<K extends Meaning['kind']> = Extract<Meaning, { kind: K }>;

/** Takes what clients of dialects send, and tells them in their words what came of it. */
@Injectable()
export class DialectDispatcher {
  private readonly moves = new MovesUnderWay();

  constructor(
    private readonly commands: SocketCommands,
    private readonly runner: CommandRunner,
    private readonly interpreter: Interpreter,
    private readonly speech: Speech,
    private readonly admission: Admission,
    private readonly delivery: Delivery,
    private readonly quotas: DialectQuotas,
  ) {}

  /**
   * Never rejects.
   *
   * @returns what an ack callback is told; without one nothing is missing, for the dialect has words for it too
   */
  async dispatch(socket: ChatSocket, dialect: Dialect, event: string, args: readonly unknown[]): Promise<Ack<unknown>> {
    if (!this.admission.hears(socket)) {
      return unheard(event);
    }
    try {
      // Clients send on without waiting: behind their login, and behind the opening of a room that they are in from then on.
      for (let login = this.admission.loginOf(socket); login !== null; login = this.admission.loginOf(socket)) {
        await login;
      }
      if (this.moves.isOpening(socket)) {
        await this.moves.behindOpenings(socket, operationOf(event));
      }
      if (this.admission.isOver(socket)) {
        return unheard(event);
      }
      const outcome = await this.understand(socket, dialect, event, args);
      return 'error' in outcome
        ? { success: false, error: outcome.error.toFailure() }
        : { success: true, data: outcome.data };
    } catch (thrown) {
      const error = this.runner.fault(thrown, event, operationOf(event));
      this.delivery.commandFailed(socket, event.slice(0, 128), error);
      return { success: false, error: error.toFailure() };
    }
  }

  /** @throws what the client has not been told of */
  private async understand(
    socket: ChatSocket,
    dialect: Dialect,
    event: string,
    args: readonly unknown[],
  ): Promise<Outcome> {
    let meaning: Meaning;
    try {
      meaning = dialect.read(
        event,
        args,
        speakerOf(socket, (joined) => this.moves.after(socket, joined)),
      );
    } catch (thrown) {
      // What a map fails at costs as much as what it understands: failures are logged.
      await this.commands.charge(socket, event);
      throw thrown;
    }
    return this.act(socket, dialect, event, meaning);
  }

  /** @throws what the client has not been told of */
  private act(socket: ChatSocket, dialect: Dialect, event: string, meaning: Meaning): Promise<Outcome> {
    switch (meaning.kind) {
      case 'call':
        return this.call(socket, dialect, meaning.call);
      case 'say':
        return this.reply(socket, event, meaning);
      case 'login':
        return this.logIn(socket, meaning);
      case 'logout':
        return this.logOut(socket, meaning);
    }
  }

  private call(socket: ChatSocket, dialect: Dialect, call: AnyCall): Promise<Outcome> {
    const perform = (): Promise<Outcome> =>
      this.interpreter.perform(call, dialect, {
        run: (command, payload, prepare, follows) =>
          this.moves.run(socket, command, payload, () =>
            this.quotas.within(dialect, command, socket.data.session?.userId ?? '', (take) =>
              this.commands.run(socket, command, payload, {
                isPaid: follows,
                prepare: async (given) => take(await prepare(given)),
              }),
            ),
          ),
        fault: (thrown, command) => this.runner.fault(thrown, command, operationOf(command)),
        say: (words) => this.speech.say(socket, words),
        lose: (thrown) => this.speech.lose(socket, thrown),
      });
    return call.command === 'chat:create' ? this.moves.open(socket, perform) : perform();
  }

  private async reply(socket: ChatSocket, event: string, { words, error }: MeaningOf<'say'>): Promise<Outcome> {
    await this.commands.charge(socket, event);
    this.speech.say(socket, words);
    return error === undefined ? { data: null } : { error };
  }

  private async logIn(socket: ChatSocket, { token, welcomed, failed }: MeaningOf<'login'>): Promise<Outcome> {
    const isNew = socket.data.session === undefined;
    try {
      const data = isNew
        ? await this.admission.logIn(socket, token)
        : await this.commands.run(socket, 'auth:refresh-token', { token });
      const { userId } = speakerOf(socket);
      this.speech.say(socket, userId === null ? [] : welcomed(userId));
      return { data };
    } catch (thrown) {
      const error = this.runner.fault(thrown, 'auth:refresh-token', 'log in');
      this.speech.say(socket, failed(error));
      if (isNew) {
        this.admission.close(socket, error);
      }
      return { error };
    }
  }

  private async logOut(socket: ChatSocket, { words }: MeaningOf<'logout'>): Promise<Outcome> {
    this.speech.say(socket, words);
    await this.speech.settled(socket);
    socket.disconnect(true);
    return { data: null };
  }
}

/** For an event behind which the connection has ended. */
function unheard(event: string): Ack<unknown> {
  const error = new ChatError('TOKEN_REQUIRED', operationOf(event), 'the connection is closed');
  return { success: false, error: error.toFailure() };
}
