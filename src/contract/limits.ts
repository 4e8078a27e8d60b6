/** The limits that are part of protocol 1. Limits that a deployment may move are in `config/`; these may not. */

/** Version in `connection:success`; a breaking change would raise it. */
export const PROTOCOL_VERSION = 1;

/** Messages in one page of `chat:history` and in the answer of `chat:join`. */
export const HISTORY_PAGE_DEFAULT = 50;
export const HISTORY_PAGE_MAX = 200;

/** Chats in one page of `chat:list`. */
export const INBOX_PAGE_DEFAULT = 30;
export const INBOX_PAGE_MAX = 100;

/** Chats that one `chat:sync` may ask about, messages it answers per chat, and in all. */
export const SYNC_CHATS_MAX = 200;
export const SYNC_PAGE = 100;
export const SYNC_ROWS_MAX = 500;

/** Characters of a group's name, and the most members that a deployment may allow a group. */
export const GROUP_NAME_MAX = 100;
export const GROUP_MEMBERS_MAX = 1_000;

/** Ids that one `users:online` may ask about, and the most contacts it answers with. */
export const ONLINE_USERS_MAX = 1_000;

/** Attachments of one message; a deployment may allow fewer. */
export const ATTACHMENTS_MAX = 20;

/** Longest address of an attachment, as sent and in its normal form, UTF-16 units. */
export const ATTACHMENT_URL_MAX = 2_048;

/** Different emoji on one message, those of them by one user, and users and emoji paired on one message in all. */
export const REACTION_EMOJI_MAX = 20;
export const REACTIONS_PER_USER_MAX = 5;
export const REACTIONS_MAX = 500;

/** Users in one page of `users:blocked`. */
export const BLOCKED_PAGE_DEFAULT = 100;
export const BLOCKED_PAGE_MAX = 200;

/** Longest comment of a report, UTF-16 code units. */
export const REPORT_COMMENT_MAX = 1_000;

/** Longest query of `message:search`, UTF-16 code units, and the messages in one page of its answer. */
export const SEARCH_QUERY_MAX = 200;
export const SEARCH_PAGE_DEFAULT = 20;
export const SEARCH_PAGE_MAX = 50;
/** Items in one page of a user's export, and messages that one call of his erasure looks at. */
export const EXPORT_PAGE_DEFAULT = 200;
export const EXPORT_PAGE_MAX = 500;
export const ERASURE_STEP_DEFAULT = 5_000;
export const ERASURE_STEP_MAX = 50_000;

/** What a message said before, versions in one page. */
export const VERSIONS_PAGE_DEFAULT = 50;
export const VERSIONS_PAGE_MAX = 200;
