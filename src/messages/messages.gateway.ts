import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { MessageChangesService } from './message-changes.service.js';
import { MessagesService } from './messages.service.js';

@Injectable()
export class MessagesGateway {
  constructor(
    private readonly messages: MessagesService,
    private readonly changes: MessageChangesService,
  ) {}

  @Command('message:send')
  async send(
    { session }: CommandContext,
    payload: CommandPayload<'message:send'>,
  ): Promise<CommandData<'message:send'>> {
    return this.messages.send(session.userId, payload);
  }

  @Command('message:get')
  async get({ session }: CommandContext, payload: CommandPayload<'message:get'>): Promise<CommandData<'message:get'>> {
    return this.messages.get(session.userId, payload);
  }

  @Command('message:edit')
  async edit(
    { session }: CommandContext,
    payload: CommandPayload<'message:edit'>,
  ): Promise<CommandData<'message:edit'>> {
    return this.changes.edit(session.userId, payload);
  }

  @Command('message:react')
  async react(
    { session }: CommandContext,
    payload: CommandPayload<'message:react'>,
  ): Promise<CommandData<'message:react'>> {
    return this.changes.react(session.userId, payload);
  }

  @Command('message:unreact')
  async unreact(
    { session }: CommandContext,
    payload: CommandPayload<'message:unreact'>,
  ): Promise<CommandData<'message:unreact'>> {
    return this.changes.unreact(session.userId, payload);
  }

  @Command('message:delete')
  async delete(
    { session }: CommandContext,
    payload: CommandPayload<'message:delete'>,
  ): Promise<CommandData<'message:delete'>> {
    return this.changes.delete(session.userId, payload);
  }

  @Command('chat:sync')
  async sync({ session }: CommandContext, { chats }: CommandPayload<'chat:sync'>): Promise<CommandData<'chat:sync'>> {
    return { chats: await this.messages.sync(session.userId, chats) };
  }

  @Command('chat:history')
  async history(
    { session }: CommandContext,
    { chatId, ...page }: CommandPayload<'chat:history'>,
  ): Promise<CommandData<'chat:history'>> {
    return this.messages.history(session.userId, chatId, page);
  }
}
