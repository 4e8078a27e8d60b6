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

  @Command('user:status')
  async status(
    { session }: CommandContext,
    { userId }: CommandPayload<'user:status'>,
  ): Promise<CommandData<'user:status'>> {
    return this.presence.statusOf(session.userId, userId);
  }

  @Command('status:update')
  async update(
    { session }: CommandContext,
    { status }: CommandPayload<'status:update'>,
  ): Promise<CommandData<'status:update'>> {
    await this.presence.setVisibility(session.userId, status);
    return { status };
  }
}
