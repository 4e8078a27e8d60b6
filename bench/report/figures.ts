import type { Spread } from '../statistics.js';

/** Three significant digits, whole numbers from 100 on: more would pretend to a precision that rounds do not have. */
export function figure(value: number): string {
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `median (min to max)` */
export function spreadFigure({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)} to ${figure(max)})`;
}
