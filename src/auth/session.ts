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
  profile: Profile,
});
export type Session = z.infer<typeof Session>;
