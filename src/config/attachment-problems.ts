import { isIP } from 'node:net';
import type { ConfigProblem, RawEnvironment } from './config-problem.js';
import { variables } from './variables.js';

/** Ends of names that mean something within one network or machine only. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa)\.?$/;

/** Whether a host, with or without a port, is an address or a name that only means something inside a network. */
function isLocal(host: string): boolean {
  const { hostname } = new URL(`http://${host.replace('*.', '')}`);
  const name = hostname.replace(/^\[|\]$/g, '');
  return isIP(name) !== 0 || !name.includes('.') || LOCAL_NAME.test(name);
}

/**
 * Problems between the variables of attachments and uploads. In production no client is to be sent to an address inside
 * somebody's network, or to one that anybody on the way can change.
 *
 * @param present the environment without empty variables; a bad value counts as absent here
 */
export function attachmentProblems(present: RawEnvironment): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const production = present.NODE_ENV === 'production';
  const allowHttp = variables.ATTACHMENT_HTTP.safeParse(present.ATTACHMENT_HTTP).data === true;
  const hosts = variables.ATTACHMENT_HOSTS.safeParse(present.ATTACHMENT_HOSTS).data ?? [];
  const publicUrl = variables.S3_PUBLIC_URL.safeParse(present.S3_PUBLIC_URL).data;
  if (production && allowHttp) {
    problems.push({ variable: 'ATTACHMENT_HTTP', problem: 'cannot be true in production' });
  }
  if (production && hosts.some(isLocal)) {
    problems.push({ variable: 'ATTACHMENT_HOSTS', problem: 'cannot list addresses or local names in production' });
  }
  if (publicUrl !== undefined) {
    const { protocol, host } = new URL(publicUrl);
    if (protocol !== 'https:' && !allowHttp) {
      problems.push({ variable: 'S3_PUBLIC_URL', problem: 'must start with https:// (or set ATTACHMENT_HTTP=true)' });
    }
    if (production && isLocal(host)) {
      problems.push({ variable: 'S3_PUBLIC_URL', problem: 'cannot be at an address or a local name in production' });
    }
  }
  if (present.S3_BUCKET !== undefined && present.S3_PUBLIC_URL === undefined) {
    problems.push({
      variable: 'S3_PUBLIC_URL',
      problem: 'is required with S3_BUCKET: clients read there what was uploaded',
    });
  }
  for (const [one, other] of [
    ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
    ['S3_SECRET_ACCESS_KEY', 'S3_ACCESS_KEY_ID'],
  ] as const) {
    if (present[one] !== undefined && present[other] === undefined) {
      problems.push({ variable: other, problem: `is required with ${one}` });
    }
  }
  return problems;
}
