import { describe } from 'vitest';
import { refusesOutsiders } from '../../support/authorisation/outsider-suite.js';
import { newUserId } from '../../support/chats/participants.js';

describe('to a stranger', () => {
  refusesOutsiders(async () => newUserId());
});
