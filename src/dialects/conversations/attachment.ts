/** The types of files that people attach, by the end of their name. */
const MIME_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
    webp: 'image/webp',
    gif: 'image/gif',
    heic: 'image/heic',
    pdf: 'application/pdf',
    txt: 'text/plain',
    csv: 'text/csv',
    doc: 'application/msword',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xls: 'application/vnd.ms-excel',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    zip: 'application/zip',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
  }),
);

/** Addresses of images often end in an id; whoever shows one looks at its bytes, not at its type. */
const SOME_IMAGE = 'image/jpeg';
const SOME_FILE = 'application/octet-stream';

interface Named {
  messageType: unknown;
  attachmentUrl: unknown;
  attachmentName: unknown;
}

/**
 * The one attachment of a message, as a list of them: clients of this dialect know its address and perhaps its name. What they do
 * not know is read off the name, and the size is unknown. What is no address is passed on for the command to refuse.
 */
export function toAttachments({ messageType, attachmentUrl, attachmentName }: Named): unknown[] {
  if (attachmentUrl === undefined || attachmentUrl === null || attachmentUrl === '') {
    return [];
  }
  const name =
    typeof attachmentName === 'string' && attachmentName !== '' ? attachmentName : lastSegment(attachmentUrl);
  const mimeType = MIME_TYPES.get(ending(name)) ?? (messageType === 'image' ? SOME_IMAGE : SOME_FILE);
  return [{ url: attachmentUrl, name, mimeType, size: 0 }];
}

/** `file` where the address ends in none. */
function lastSegment(url: unknown): string {
  const path = typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : '';
  return path.split('/').at(-1) || 'file';
}

function ending(name: string): string {
  return name.split('.').at(-1)?.toLowerCase() ?? '';
}
