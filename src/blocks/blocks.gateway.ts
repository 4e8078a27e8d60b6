import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { BlocksService } from './blocks.service.js';

@Injectable()
export class BlocksGateway {
  constructor(private readonly blocks: BlocksService) {}

  @Command('user:block')
  async block(
    { session }: CommandContext,
    { userId }: CommandPayload<'user:block'>,
  ): Promise<CommandData<'user:block'>> {
    return this.blocks.block(session.userId, userId);
  }

  @Command('user:unblock')
  async unblock({ session }: CommandContext, { userId }: CommandPayload<'user:unblock'>): Promise<null> {
    await this.blocks.unblock(session.userId, userId);
    return null;
  }

  @Command('users:blocked')
  async list(
    { session }: CommandContext,
    page: CommandPayload<'users:blocked'>,
  ): Promise<CommandData<'users:blocked'>> {
    return this.blocks.list(session.userId, page);
  }
}
