import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommandsModule } from '../commands/commands.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { TranslationModule } from '../translation/translation.module.js';
import { Admission } from './admission.js';
import { AuthTokenGateway } from './auth-token.gateway.js';
import { ChatGateway } from './chat.gateway.js';
import { Connections } from './connections.js';
import { DialectDispatcher } from './dialect-dispatcher.js';
import { DialectQuotas } from './dialect-quotas.js';
import { Dispatcher } from './dispatcher.js';
import { SessionCut } from './session-cut.js';
import { SlowClients } from './slow-clients.js';
import { SocketCommands } from './socket-commands.js';
import { TokenExpiry } from './token-expiry.js';

@Module({
  imports: [AuthModule, CommandsModule, DeliveryModule, RateLimitModule, TranslationModule],
  providers: [
    ChatGateway,
    Admission,
    AuthTokenGateway,
    Connections,
    DialectDispatcher,
    DialectQuotas,
    Dispatcher,
    SessionCut,
    SlowClients,
    SocketCommands,
    TokenExpiry,
  ],
  exports: [ChatGateway, Connections, SessionCut],
})
export class SocketModule {}
