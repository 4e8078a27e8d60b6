import { Injectable } from '@nestjs/common';
import type { Message, Profile, UserProfile } from '../contract/index.js';
import { toUserProfile } from './profile.js';
import { ProfilesRepository } from './profiles.repository.js';

/** Who users are, as the marketplace last told it. */
@Injectable()
export class ProfilesService {
  constructor(private readonly repository: ProfilesRepository) {}

  /** The profiles of users, for a caller who may see the users; those without one are absent. */
  async of(userIds: readonly string[]): Promise<Map<string, Profile>> {
    return userIds.length === 0 ? new Map<string, Profile>() : this.repository.find(userIds);
  }

  /**
   * The profiles of the messages' authors, each once, for a caller who may see the messages. Authors without a profile are
   * absent.
   *
   * @param known what the caller has read already, by user id; with all authors in it, nothing is read
   */
  async sendersOf(
    messages: readonly Message[],
    known: ReadonlyMap<string, Profile | null> = new Map(),
  ): Promise<UserProfile[]> {
    // The wire form of an id loses nothing: as text it is the id again. The marketplace itself has no profile.
    const userIds = [...new Set(messages.flatMap(({ senderId }) => (senderId === null ? [] : String(senderId))))];
    const unknown = userIds.filter((userId) => !known.has(userId));
    const found = await this.of(unknown);
    return userIds.flatMap((userId) => toUserProfile(userId, known.get(userId) ?? found.get(userId) ?? null) ?? []);
  }
}
