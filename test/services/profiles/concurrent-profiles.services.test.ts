import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Profile } from '../../../src/contract/index.js';
import { ProfilesRepository } from '../../../src/profiles/profiles.repository.js';
import { MessageStore, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

const named = (username: string): Profile => ({
  username,
  firstName: null,
  lastName: null,
  avatarUrl: null,
  role: null,
});

describeWithServices('instances that keep the profiles of the same users', (services) => {
  let store: MessageStore;

  beforeAll(async () => {
    store = await MessageStore.postgres((await services.freshDatabase()).url, 8);
  });
  afterAll(() => store.close());

  it('never deadlock, and write a profile that is known already not at all', async () => {
    const profiles = new ProfilesRepository(store.db);
    const users = upTo(50).map((n) => `user-${n}`);

    // Nothing here retries: a deadlock fails the test.
    await Promise.all(
      upTo(8).flatMap((worker) =>
        upTo(10).map((round) =>
          profiles.keep(
            new Map((worker % 2 === 0 ? users : users.toReversed()).map((user) => [user, named(`${worker}.${round}`)])),
          ),
        ),
      ),
    );
    const kept = await profiles.find(users);
    expect(kept.size).toBe(users.length);

    const writtenAt = () => store.db.selectFrom('chat.user_profiles').select(['user_id', 'updated_at']).execute();
    const before = await writtenAt();
    await profiles.keep(kept);
    expect(await writtenAt()).toEqual(before);
    await profiles.keep(new Map([...kept].map(([user, profile]) => [user, { ...profile, lastName: 'new' }])));
    expect(await profiles.find(users)).toEqual(
      new Map([...kept].map(([user, profile]) => [user, { ...profile, lastName: 'new' }])),
    );
  });
});
