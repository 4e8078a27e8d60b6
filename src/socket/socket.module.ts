import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuthModule } from '../auth/auth.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { AuthTokenGateway } from './auth-token.gateway.js';
import { ChatGateway } from './chat.gateway.js';
import { CommandRegistry } from './command-registry.js';
import { Connections } from './connections.js';
import { Dispatcher } from './dispatcher.js';
import { SessionCut } from './session-cut.js';
import { SlowClients } from './slow-clients.js';
import { TokenExpiry } from './token-expiry.js';

@Module({
  imports: [DiscoveryModule, AuthModule, DeliveryModule, RateLimitModule],
  providers: [
    ChatGateway,
    AuthTokenGateway,
    CommandRegistry,
    Connections,
    Dispatcher,
    SessionCut,
    SlowClients,
    TokenExpiry,
  ],
  exports: [ChatGateway, Connections, Dispatcher, SessionCut],
})
export class SocketModule {}
