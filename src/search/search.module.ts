import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { SearchGateway } from './search.gateway.js';
import { SearchRepository } from './search.repository.js';
import { SearchService } from './search.service.js';
import { SearchIndexer } from './search-indexer.js';

@Module({
  imports: [MembersModule, MessagesModule, ProfilesModule],
  providers: [SearchGateway, SearchService, SearchRepository, SearchIndexer],
})
export class SearchModule {}
