import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { GroupsService } from './groups.service.js';

@Injectable()
export class GroupsGateway {
  constructor(private readonly groups: GroupsService) {}

  @Command('group:add')
  async add({ session }: CommandContext, payload: CommandPayload<'group:add'>): Promise<CommandData<'group:add'>> {
    return this.groups.add(session.userId, payload);
  }

  @Command('group:remove')
  async remove(
    { session }: CommandContext,
    payload: CommandPayload<'group:remove'>,
  ): Promise<CommandData<'group:remove'>> {
    return this.groups.remove(session.userId, payload);
  }

  @Command('group:leave')
  async leave({ session }: CommandContext, { chatId }: CommandPayload<'group:leave'>): Promise<null> {
    await this.groups.leave(session.userId, chatId);
    return null;
  }

  @Command('group:rename')
  async rename(
    { session }: CommandContext,
    payload: CommandPayload<'group:rename'>,
  ): Promise<CommandData<'group:rename'>> {
    return this.groups.rename(session.userId, payload);
  }

  @Command('group:role')
  async changeRole(
    { session }: CommandContext,
    payload: CommandPayload<'group:role'>,
  ): Promise<CommandData<'group:role'>> {
    return this.groups.changeRole(session.userId, payload);
  }
}
