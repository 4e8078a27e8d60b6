import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { SearchService } from './search.service.js';

@Injectable()
export class SearchGateway {
  constructor(private readonly search: SearchService) {}

  @Command('message:search')
  async find(
    { session }: CommandContext,
    payload: CommandPayload<'message:search'>,
  ): Promise<CommandData<'message:search'>> {
    return this.search.search(session.userId, payload);
  }
}
