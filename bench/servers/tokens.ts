import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Made anew for each run: the bench, the service and the naive gateway share it, nobody else knows it. */
export const jwtSecret = randomBytes(32).toString('hex');

/** A token as the marketplace would sign it; it outlives any run. */
export function tokenFor(userId: number): string {
  return jwt.sign({ sub: String(userId), username: `user${userId}` }, jwtSecret, {
    algorithm: 'HS256',
    expiresIn: '12h',
  });
}
