/**
 * Whether a page of this origin may connect. Only browsers send an origin, and only they carry another site's user along.
 *
 * @param origin the header, as it came
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  return origin === undefined || allowed.includes(origin);
}
