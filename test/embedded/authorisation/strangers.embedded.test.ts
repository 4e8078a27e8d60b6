import { describe } from 'vitest';
import { refusesOutsiders } from '../../support/authorisation/outsider-suite.js';
import { joinedPair, newUserId } from '../../support/chats/participants.js';

describe('to a stranger', () => {
  refusesOutsiders(async (chat) => {
    const userId = newUserId();
    return { pair: await joinedPair(chat), userId, socket: await chat.connect(userId) };
  });
});
