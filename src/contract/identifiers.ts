import { z } from 'zod';

/**
 * Text that PostgreSQL and JSON can both carry: no NUL character (PostgreSQL refuses it in `text`) and no lone
 * surrogate (it has no UTF-8 form). Refused at the door, so that one bad row never reaches a batch of good ones.
 */
export const storableText = z
  .string()
  .refine((text) => !text.includes('\u0000'), { message: 'contains a NUL character' })
  .refine((text) => text.isWellFormed(), { message: 'contains a lone surrogate' });

const opaqueId = storableText.min(1, 'is empty').max(128, 'is longer than 128 characters');

/**
 * An id owned by the marketplace (a user, a product). It is opaque and kept as text; a client may send it as a JSON
 * integer or as a string, and both spellings of one id are the same id.
 */
const marketplaceId = z.union([z.int().nonnegative().transform(String), opaqueId]);

export const UserId = marketplaceId.describe('A user of the marketplace: integer or string');
export const ProductId = marketplaceId.describe('A product of the marketplace: integer or string');

export const ChatId = z.uuid().toLowerCase().describe('A chat: UUID');
export const MessageId = z.uuid().toLowerCase().describe('A message: UUID version 7');

/** The sender's idempotency key: one key of one sender in one chat names one message, however often it is sent. */
export const ClientMessageId = opaqueId.describe("The sender's idempotency key, at most 128 characters");

/** How a marketplace id travels to clients. */
export const WireId = z.union([z.int().nonnegative(), z.string()]).describe('Integer where the id is one, else string');
export type WireId = z.infer<typeof WireId>;

export const Timestamp = z.iso.datetime().describe('ISO 8601, UTC');

const CANONICAL_INTEGER = /^(?:0|[1-9]\d{0,15})$/;

/**
 * The wire form of a marketplace id: a canonical integer up to 2^53 - 1 is a JSON number, everything else a string.
 * `'0123'` stays a string, so that no two different ids share a wire form.
 */
export function toWireId(id: string): WireId {
  if (!CANONICAL_INTEGER.test(id)) {
    return id;
  }
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}
