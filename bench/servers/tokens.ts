import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Made anew for each run: the bench, the service and the naive gateway share it, nobody else knows it. */
export const jwtSecret = randomBytes(32).toString('hex');

const issued = new Map<number, string>();

/** A user's token as the marketplace would sign it: one for each user, which outlives any run. */
export function tokenFor(userId: number): string {
  const token = issued.get(userId) ?? sign(userId);
  issued.set(userId, token);
  return token;
}

function sign(userId: number): string {
  return jwt.sign({ sub: String(userId), username: `user${userId}` }, jwtSecret, {
    algorithm: 'HS256',
    expiresIn: '12h',
  });
}
