import { loadConfig } from '../../../src/config/load-config.js';
import type { Database } from '../../../src/database/open-database.js';
import { Delivery } from '../../../src/delivery/delivery.js';
import { ChatAudience } from '../../../src/members/chat-audience.js';
import { MembersRepository } from '../../../src/members/members.repository.js';
import { Membership } from '../../../src/members/membership.js';
import { ChatWrites } from '../../../src/messages/chat-writes.js';
import { MessageAnnouncer } from '../../../src/messages/message-announcer.js';
import { MessagesRepository } from '../../../src/messages/messages.repository.js';
import { MessagesService } from '../../../src/messages/messages.service.js';
import { ProfilesRepository } from '../../../src/profiles/profiles.repository.js';
import { ProfilesService } from '../../../src/profiles/profiles.service.js';

/** The use case over a database, without the sockets in front. */
export function messagesServiceOver(db: Database): MessagesService {
  const { config } = loadConfig({ NODE_ENV: 'test', DATA_DIR: 'memory://' });
  const members = new MembersRepository(db);
  const membership = new Membership(members);
  const announcer = new MessageAnnouncer(new Delivery(), membership, members, new ChatAudience(membership));
  const profiles = new ProfilesService(new ProfilesRepository(db));
  const messages = new MessagesRepository(db);
  return new MessagesService(
    config,
    messages,
    membership,
    announcer,
    profiles,
    new ChatWrites(config, messages, announcer),
  );
}
