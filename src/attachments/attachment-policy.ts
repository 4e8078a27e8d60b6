import type { AttachmentConfig } from '../config/config.js';
import { ATTACHMENT_URL_MAX, type Attachment, ChatError } from '../contract/index.js';

/** What is wrong with a file: a sentence's end, and the same for machines. */
interface Objection {
  reason: string;
  details: Record<string, unknown>;
}

/**
 * Holds the attachments of a message to what the deployment allows. A host is allowed by name only, so addresses of
 * machines and of networks never are unless somebody listed them.
 *
 * @returns them as they are to be kept: addresses in the one form that was judged, whatever tricks the sent ones tried
 * @throws ChatError `ATTACHMENT_REFUSED`
 */
export function admitAttachments(
  attachments: readonly Attachment[],
  policy: AttachmentConfig,
  operation: string,
): Attachment[] {
  if (attachments.length > policy.maxCount) {
    throw new ChatError(
      'ATTACHMENT_REFUSED',
      operation,
      `${attachments.length} attachments are too many; send at most ${policy.maxCount}`,
      { details: { maxCount: policy.maxCount } },
    );
  }
  return attachments.map((attachment, index) => {
    const url = new URL(attachment.url);
    const objection = objectionToAddress(url, policy) ?? objectionToFile(attachment, policy);
    if (objection !== null) {
      throw new ChatError('ATTACHMENT_REFUSED', operation, `attachment ${index + 1} ${objection.reason}`, {
        details: { index, ...objection.details },
      });
    }
    return { url: url.href, name: attachment.name, size: attachment.size, mimeType: attachment.mimeType };
  });
}

/** @throws ChatError `ATTACHMENT_REFUSED` for a file that could not be attached once it is uploaded */
export function admitFile(
  file: Pick<Attachment, 'mimeType' | 'size'>,
  policy: AttachmentConfig,
  operation: string,
): void {
  const objection = objectionToFile(file, policy);
  if (objection !== null) {
    throw new ChatError('ATTACHMENT_REFUSED', operation, `the file ${objection.reason}`, {
      details: objection.details,
    });
  }
}

function objectionToAddress(url: URL, { allowHttp, hosts }: AttachmentConfig): Objection | null {
  const schemes = allowHttp ? ['https', 'http'] : ['https'];
  if (!schemes.includes(url.protocol.slice(0, -1))) {
    return {
      reason: `must have an ${schemes.join(' or ')} address; upload the file and attach that one`,
      details: { field: 'url', allowedSchemes: schemes },
    };
  }
  if (url.username !== '' || url.password !== '') {
    return {
      reason: 'has a user or password in its address; leave them out',
      details: { field: 'url', forbidden: 'credentials' },
    };
  }
  if (!hosts.some((host) => matches(url.host, host))) {
    return {
      reason: 'lies on a host that is not allowed; upload the file to one that is',
      details: { field: 'url', allowedHosts: hosts },
    };
  }
  // The normal form spells one character of another script in up to nine, and it is what clients get.
  if (url.href.length > ATTACHMENT_URL_MAX) {
    return {
      reason: `has an address longer than ${ATTACHMENT_URL_MAX} characters once it is escaped; shorten it`,
      details: { field: 'url', maxLength: ATTACHMENT_URL_MAX },
    };
  }
  return null;
}

function objectionToFile(
  { mimeType, size }: Pick<Attachment, 'mimeType' | 'size'>,
  policy: AttachmentConfig,
): Objection | null {
  if (!policy.mimeTypes.includes(mimeType)) {
    return {
      reason: `has a type that is not allowed; allowed are ${policy.mimeTypes.join(', ')}`,
      details: { field: 'mimeType', allowedTypes: policy.mimeTypes },
    };
  }
  if (size > policy.maxBytes) {
    return {
      reason: `is larger than ${policy.maxBytes} bytes; make it smaller`,
      details: { field: 'size', maxBytes: policy.maxBytes },
    };
  }
  return null;
}

/** `*.example.com` stands for every name below example.com, not for that name itself. */
function matches(host: string, allowed: string): boolean {
  return allowed.startsWith('*.')
    ? host.endsWith(allowed.slice(1)) && host.length > allowed.length - 1
    : host === allowed;
}
