import { Module } from '@nestjs/common';
import { CommandsModule } from '../commands/commands.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { SocketModule } from '../socket/socket.module.js';
import { RawWebSocketEndpoint } from './raw-websocket-endpoint.js';

@Module({
  imports: [CommandsModule, DeliveryModule, SocketModule],
  providers: [RawWebSocketEndpoint],
})
export class RawWebSocketModule {}
