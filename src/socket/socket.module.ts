import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommandsModule } from '../commands/commands.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { AuthTokenGateway } from './auth-token.gateway.js';
import { ChatGateway } from './chat.gateway.js';
import { Connections } from './connections.js';
import { Dispatcher } from './dispatcher.js';
import { SessionCut } from './session-cut.js';
import { SlowClients } from './slow-clients.js';
import { TokenExpiry } from './token-expiry.js';

@Module({
  imports: [AuthModule, CommandsModule, DeliveryModule],
  providers: [ChatGateway, AuthTokenGateway, Connections, Dispatcher, SessionCut, SlowClients, TokenExpiry],
  exports: [ChatGateway, Connections, SessionCut],
})
export class SocketModule {}
