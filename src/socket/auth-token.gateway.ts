import { Injectable } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import { Command, type SocketContext } from '../commands/command.js';
import { ChatError, type CommandData, type CommandPayload, toWireId } from '../contract/index.js';
import { TokenExpiry } from './token-expiry.js';

const OPERATION = 'refresh token';

/** `auth:refresh-token`: swaps the session of a living connection. */
@Injectable()
export class AuthTokenGateway {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly tokenExpiry: TokenExpiry,
  ) {}

  @Command('auth:refresh-token')
  async refresh(
    { session, socket }: SocketContext,
    { token }: CommandPayload<'auth:refresh-token'>,
  ): Promise<CommandData<'auth:refresh-token'>> {
    const fresh = await this.authenticator.authenticate(token, OPERATION);
    if (fresh.userId !== session.userId) {
      throw new ChatError('TOKEN_USER_MISMATCH', OPERATION, 'the token is of another user; connect anew with it');
    }
    socket.data.session = fresh;
    if (socket.connected) {
      this.tokenExpiry.watch(socket, fresh);
    }
    return { userId: toWireId(fresh.userId), expiresAt: new Date(fresh.expiresAt).toISOString() };
  }
}
