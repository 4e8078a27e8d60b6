import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { UploadsService } from './uploads.service.js';

@Injectable()
export class UploadsGateway {
  constructor(private readonly uploads: UploadsService) {}

  @Command('upload:create')
  async create(
    { session }: CommandContext,
    payload: CommandPayload<'upload:create'>,
  ): Promise<CommandData<'upload:create'>> {
    return this.uploads.create(session.userId, payload);
  }
}
