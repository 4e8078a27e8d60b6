import type { Chat } from '../../src/contract/index.js';
import type { DemoStack } from '../demo-stack.js';
import { catalogueUsers, DEMO_PASSWORD } from '../marketplace/catalogue.js';
import { type Handshake, Participant } from './participant.js';
import type { Transcript } from './transcript.js';

export const ANNA = 123;
export const TOMAS = 124;
export const SAM = 456;
export const WALNUT_TABLE = 1001;
export const READING_LAMP = 1002;

/** What the steps of the smoke share: the running demo, the people on it, and the chat they talk in. */
export class Stage {
  /** Everybody who was ever here, also those whose name a later connection took over. */
  readonly #everybody: Participant[] = [];
  #chat: Chat | null = null;
  /** The group, once a step has opened it. */
  groupId = '';

  constructor(
    readonly stack: DemoStack,
    readonly transcript: Transcript,
  ) {}

  /** Opens a connection under a name; a later one of the same name takes its place. */
  enter(name: string, handshake: Handshake): Participant {
    const participant = new Participant(name, this.stack.service.url, handshake, this.transcript);
    this.#everybody.push(participant);
    return participant;
  }

  get anna(): Participant {
    return this.#person('anna');
  }

  get sam(): Participant {
    return this.#person('sam');
  }

  get tomas(): Participant {
    return this.#person('tomas');
  }

  get chat(): Chat {
    if (this.#chat === null) {
      throw new Error('no step has created the chat yet');
    }
    return this.#chat;
  }

  set chat(chat: Chat) {
    this.#chat = chat;
  }

  /** Logs in at the marketplace as a frontend does, over HTTP. */
  async login(userId: number): Promise<string> {
    const email = catalogueUsers.find(({ id }) => id === userId)?.email;
    const response = await fetch(`${this.stack.marketplace.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: DEMO_PASSWORD }),
    });
    expect(response.status === 200, `POST /auth/login answered ${response.status}`);
    const { accessToken } = (await response.json()) as { accessToken: string };
    return accessToken;
  }

  /** What the service sent to anybody against its contract, in words. */
  get surprises(): string[] {
    return this.#everybody.flatMap(({ surprises }) => surprises);
  }

  /** Ends every connection that is still open. */
  clear(): void {
    for (const person of this.#everybody) {
      person.leave();
    }
  }

  #person(name: string): Participant {
    const person = this.#everybody.findLast((one) => one.name === name);
    if (person === undefined) {
      throw new Error(`no step has connected ${name} yet`);
    }
    return person;
  }
}

/** One step of the conversation. It fails by throwing; its name is what the transcript ticks off. */
export interface Step {
  name: string;
  run(stage: Stage): Promise<void>;
}

/** Fails the step with this sentence unless the condition holds. */
export function expect(condition: boolean, complaint: string): asserts condition {
  if (!condition) {
    throw new Error(complaint);
  }
}
