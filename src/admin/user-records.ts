import type { ExportItem } from '../contract/index.js';
import type { Database } from '../database/open-database.js';

/** An item of the export, and the key behind which the next page begins. */
export interface KeyedItem {
  key: string;
  item: ExportItem;
}

/** One kind of rows that are about a user and stand outside of the chats' messages. */
export interface UserRecords {
  /** The next rows in the order of their keys; the empty key comes before all. `null` where another part of the export has them. */
  page: ((db: Database, userId: string, afterKey: string, limit: number) => Promise<KeyedItem[]>) | null;
  /** Removes rows, at most `limit`. @returns how many; fewer than `limit` when none is left */
  erase: (db: Database, userId: string, limit: number) => Promise<number>;
}

/** The key of what a user has one row of. */
export const ONLY = 'only';
