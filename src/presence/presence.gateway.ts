import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import { type CommandData, type CommandPayload, toWireId } from '../contract/index.js';
import { PresenceService } from './presence.service.js';

@Injectable()
export class PresenceGateway {
  constructor(private readonly presence: PresenceService) {}

  @Command('users:online')
  async online(
    { session }: CommandContext,
    { userIds }: CommandPayload<'users:online'>,
  ): Promise<CommandData<'users:online'>> {
    const online = await this.presence.onlineContacts(session.userId, userIds);
    return { userIds: online.map(toWireId) };
  }
}
