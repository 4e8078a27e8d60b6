import { Module } from '@nestjs/common';
import { Delivery } from './delivery.js';

@Module({ providers: [Delivery], exports: [Delivery] })
export class DeliveryModule {}
