import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import type { Profile } from '../contract/index.js';
import { ProfilesRepository } from './profiles.repository.js';

interface Told {
  userId: string;
  profile: Profile;
}

/**
 * Keeps what the marketplace tells of users. On the side: a connection never waits for it, and what could not be written
 * comes again when the user's token is next checked there.
 */
@Injectable()
export class ProfileKeeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ProfileKeeper.name);
  private readonly writes = new OneInFlight<Told>({
    // The last word on a user counts.
    handle: (told) => this.repository.keep(new Map(told.map(({ userId, profile }) => [userId, profile]))),
    onBug: (error) => this.logger.warn({ err: error }, 'profiles not kept; they come again with the next token check'),
  });

  constructor(
    private readonly repository: ProfilesRepository,
    private readonly authenticator: Authenticator,
  ) {}

  onModuleInit(): void {
    this.authenticator.onVouched(({ userId, profile }) => this.writes.add({ userId, profile }));
  }

  /** The database closes after this. */
  async onModuleDestroy(): Promise<void> {
    await this.writes.idle();
  }
}
