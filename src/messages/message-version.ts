import { type Attachment, type MessageVersion, toWireId } from '../contract/index.js';
import { SERVICE } from './message.js';

/** What a message said before it was edited or deleted. */
export interface StoredVersion {
  chatId: string;
  messageId: string;
  rev: number;
  text: string;
  attachments: readonly Attachment[] | null;
  editorId: string;
  replacedAt: Date;
}

export function toWireVersion({ attachments, editorId, replacedAt, ...version }: StoredVersion): MessageVersion {
  return {
    ...version,
    attachments: attachments === null ? [] : [...attachments],
    editorId: editorId === SERVICE ? null : toWireId(editorId),
    replacedAt: replacedAt.toISOString(),
  };
}
