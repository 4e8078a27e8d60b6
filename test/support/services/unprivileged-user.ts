import { readFileSync } from 'node:fs';

/** What `spawn` takes to run a child as somebody else; empty for the caller itself. */
export interface ProcessOwner {
  uid?: number;
  gid?: number;
}

/** Accounts that exist for this: the server's own, then the one that owns nothing. */
const CANDIDATES = ['postgres', 'nobody'];

/** The first candidate of an `/etc/passwd`, or `null`. */
export function unprivilegedAccount(passwd: string): ProcessOwner | null {
  const accounts = passwd.split('\n').map((line) => line.split(':'));
  for (const candidate of CANDIDATES) {
    const account = accounts.find(([name]) => name === candidate);
    const [uid, gid] = [Number(account?.[2]), Number(account?.[3])];
    if (uid > 0 && gid > 0) {
      return { uid, gid };
    }
  }
  return null;
}

/**
 * Who the test servers run as: PostgreSQL refuses to start for root, everybody else runs them as themselves.
 *
 * @throws Error for root on a machine without an account `postgres` or `nobody`
 */
export function serverOwner(): ProcessOwner {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const account = unprivilegedAccount(readFileSync('/etc/passwd', 'utf8'));
  if (account === null) {
    throw new Error(`unable to start PostgreSQL as root; no account named ${CANDIDATES.join(' or ')}`);
  }
  return account;
}
