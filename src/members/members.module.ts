import { Module } from '@nestjs/common';
import { MembersRepository } from './members.repository.js';
import { Membership } from './membership.js';

@Module({ providers: [MembersRepository, Membership], exports: [MembersRepository, Membership] })
export class MembersModule {}
