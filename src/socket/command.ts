import { SetMetadata } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import type { CommandData, CommandName, CommandPayload } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';

export const COMMAND_METADATA = 'chat:command';

/** Who sends a command: the authenticated session, valid now, and the socket it came on. */
export interface CommandContext {
  session: Session;
  socket: ChatSocket;
}

export type CommandHandler<C extends CommandName> = (
  context: CommandContext,
  payload: CommandPayload<C>,
) => Promise<CommandData<C>>;

/**
 * Marks a gateway method as the handler of a command. The compiler holds the method to the contract's payload and
 * answer; the dispatcher gives it parsed payloads only, and acks what it returns or throws.
 */
export function Command<C extends CommandName>(name: C) {
  return <H extends CommandHandler<C>>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>): void => {
    SetMetadata(COMMAND_METADATA, name)(target, key, descriptor);
  };
}
