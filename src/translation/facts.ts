import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { Profile, WireId } from '../contract/index.js';
import type { Dialect, Facts } from '../dialects/dialect.js';
import type { Mentions } from '../dialects/mentions.js';
import { ProfilesService } from '../profiles/profiles.service.js';
import { ChatNumbersRepository } from './chat-numbers.repository.js';
import { Lookup } from './lookup.js';

const MAX_CHATS = 100_000;
const MAX_PROFILES = 50_000;
/** How old a name in a message may be. */
const PROFILE_TTL_MS = 60_000;
/** A user without a profile is most likely about to get one: he has just connected for the first time. */
const NO_PROFILE_TTL_MS = 5_000;

/** Looks up what dialects tell beyond what events and answers hold. */
@Injectable()
export class FactFinder implements OnModuleInit {
  private readonly numbers = new Lookup<number>({
    load: (chatIds) => this.chatNumbers.numbersOf(chatIds),
    max: MAX_CHATS,
    ttlMs: 0,
    absentTtlMs: 0,
  });
  private readonly chatIds = new Lookup<string>({
    load: async ([number = '']) => {
      const chatId = await this.chatNumbers.chatIdOf(Number(number));
      return new Map(chatId === null ? [] : [[number, chatId]]);
    },
    max: MAX_CHATS,
    ttlMs: 0,
    absentTtlMs: 0,
  });
  private readonly profiles = new Lookup<Profile>({
    load: (userIds) => this.profilesOf.of(userIds),
    max: MAX_PROFILES,
    ttlMs: PROFILE_TTL_MS,
    absentTtlMs: NO_PROFILE_TTL_MS,
  });

  /** All that is known: where it suffices, as for nearly every message, nothing is put together. */
  private readonly known: Facts = {
    chatNumber: (chatId) => demanded(this.numbers.known(chatId)),
    profile: (userId) => this.profiles.known(String(userId)),
  };

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly chatNumbers: ChatNumbersRepository,
    private readonly profilesOf: ProfilesService,
    private readonly authenticator: Authenticator,
  ) {}

  /** What the marketplace has just told is known here before it is written. */
  onModuleInit(): void {
    if (this.config.dialects.enabled.length > 0) {
      this.authenticator.onVouched(({ userId, profile }) => this.learn(userId, profile));
    }
  }

  learn(userId: string, profile: Profile): void {
    this.profiles.learn(userId, profile);
  }

  /**
   * What a dialect may ask about chats and users that are mentioned; at once where all of it is known.
   *
   * @throws as a rejection, when the numbers of chats could not be read. Profiles are decoration: they are missing then
   */
  about(
    { chatIds, userIds }: Mentions,
    { numbered, tellsProfiles }: Pick<Dialect, 'numbered' | 'tellsProfiles'>,
  ): Facts | Promise<Facts> {
    const numbersKnown = !numbered || chatIds.every((chatId) => this.numbers.knows(chatId));
    const profilesKnown = !tellsProfiles || userIds.every((userId) => this.profiles.knows(String(userId)));
    if (numbersKnown && profilesKnown) {
      return this.known;
    }
    const numbers = numbered ? this.numbers.find(chatIds) : NONE;
    const profiles = tellsProfiles ? this.profiles.find(userIds.map(String)) : NONE;
    return Promise.all([numbers, profilesIfAny(profiles)]).then(([found, told]) => toFacts(found, told));
  }

  /**
   * The chat of a number; `null` where no chat has it. From then on {@link about} knows the number without looking it up.
   *
   * @param number a safe integer, not negative
   */
  async chatIdOf(number: number): Promise<string | null> {
    const found = await this.chatIds.find([String(number)]);
    const chatId = found.get(String(number)) ?? null;
    if (chatId !== null) {
      this.numbers.learn(chatId, number);
    }
    return chatId;
  }
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

async function profilesIfAny(
  profiles: ReadonlyMap<string, Profile> | Promise<ReadonlyMap<string, Profile>>,
): Promise<ReadonlyMap<string, Profile>> {
  try {
    return await profiles;
  } catch {
    return NONE;
  }
}

function toFacts(numbers: ReadonlyMap<string, number>, profiles: ReadonlyMap<string, Profile>): Facts {
  return {
    chatNumber: (chatId) => demanded(numbers.get(chatId)),
    profile: (userId: WireId) => profiles.get(String(userId)) ?? null,
  };
}

function demanded(number: number | null | undefined): number {
  if (number === undefined || number === null) {
    throw new Error('unable to number a chat; it was not mentioned, or it is gone');
  }
  return number;
}
