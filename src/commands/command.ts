import { SetMetadata } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import type { CommandData, CommandName, CommandPayload, RoutedCommand } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';

export const COMMAND_METADATA = 'chat:command';

/** Who sends a command: the authenticated session, valid now, and the socket it came on; `null` over HTTP. */
export interface CommandContext {
  session: Session;
  socket: ChatSocket | null;
}

/** The same for a command without a route, which comes on a socket always. */
export interface SocketContext extends CommandContext {
  socket: ChatSocket;
}

export type CommandHandler<C extends CommandName> = (
  context: C extends RoutedCommand ? CommandContext : SocketContext,
  payload: CommandPayload<C>,
) => Promise<CommandData<C>>;

/**
 * Marks a gateway method as the handler of a command. The compiler holds the method to the contract's payload and
 * answer, and, where the command has a route, to do without a socket. It is given parsed payloads only; what it returns
 * or throws is answered the way the command came.
 */
export function Command<C extends CommandName>(name: C) {
  return <H extends CommandHandler<C>>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>): void => {
    SetMetadata(COMMAND_METADATA, name)(target, key, descriptor);
  };
}
