import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { GroupRole } from '../../../src/contract/index.js';
import { GroupsRepository } from '../../../src/groups/groups.repository.js';
import { systemDraft } from '../../../src/messages/system-draft.js';
import type { MessageStore } from '../messages/message-store.js';

/** The groups of a database, as one instance of the service has them. */
export class StoredGroups {
  readonly repository: GroupsRepository;

  constructor(readonly store: MessageStore) {
    this.repository = new GroupsRepository(store.db, store.chats, store.members, store.messages);
  }

  /** A new group, its first member the owner who opened it; the others have joined in this order. */
  async open(members: readonly { userId: string; role: GroupRole }[]): Promise<string> {
    const [{ userId: ownerId } = { userId: '' }, ...others] = members;
    const [id, name] = [uuidv7(), 'Delivery'];
    await this.store.chats.createGroupUnlessExists(
      { id, name, ownerId, memberIds: [], key: randomUUID() },
      systemDraft(id, ownerId, { kind: 'group_created', name, userIds: [] }),
    );
    for (const { userId, role } of others) {
      await this.repository.change(id, ownerId, () => ({
        added: [userId],
        removed: [],
        roles: [{ userId, role }],
        name: null,
        notice: { kind: 'members_added', userIds: [userId] },
      }));
    }
    return id;
  }
}
