import { toWireId } from '../contract/index.js';
import { idText } from './phrasebook.js';

/**
 * The buyer and the seller of two people who have no parts in their dialect. So that both open the same chat, whoever does it first,
 * the one with the lower id takes the buyer's.
 *
 * Ids are compared by their one form on the wire, for one may come as a number or as text. What is no id is passed on for the
 * command to refuse.
 */
export function pairInOrder(one: unknown, other: unknown): { buyerId: unknown; sellerId: unknown } {
  const [a, b] = [toWireId(idText(one) ?? ''), toWireId(idText(other) ?? '')];
  const isFirst = typeof a === 'number' && typeof b === 'number' ? a < b : String(a) < String(b);
  return isFirst ? { buyerId: one, sellerId: other } : { buyerId: other, sellerId: one };
}
