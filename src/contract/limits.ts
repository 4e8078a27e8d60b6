/** The limits that are part of protocol 1. Limits that a deployment may move are in `config/`; these may not. */

/** Version in `connection:success`; a breaking change would raise it. */
export const PROTOCOL_VERSION = 1;

/** Messages in one page of `chat:history` and in the answer of `chat:join`. */
export const HISTORY_PAGE_DEFAULT = 50;
export const HISTORY_PAGE_MAX = 200;

/** Chats that one `chat:sync` may ask about, messages it answers per chat, and in all. */
export const SYNC_CHATS_MAX = 200;
export const SYNC_PAGE = 100;
export const SYNC_ROWS_MAX = 500;

/** Ids that one `users:online` may ask about, and the most contacts it answers with. */
export const ONLINE_USERS_MAX = 1_000;
