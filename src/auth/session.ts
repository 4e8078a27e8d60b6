import { z } from 'zod';

/** What is known of a user beyond the id: a snapshot taken when the marketplace last vouched for the token. */
export const Profile = z.object({
  username: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  avatarUrl: z.string().nullable(),
  role: z.string().nullable(),
});
export type Profile = z.infer<typeof Profile>;

/** The identity behind a connection. Exists only for tokens that the marketplace, or its key, has vouched for. */
export const Session = z.object({
  userId: z.string(),
  /** The token's `exp`, in milliseconds since the epoch. */
  expiresAt: z.int(),
  /** The position in the session cache's order at which the check began that made it: later cuts of the user end it. */
  asOf: z.number(),
  profile: Profile,
});
export type Session = z.infer<typeof Session>;
