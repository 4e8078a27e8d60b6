/** The types of files that people attach, by the end of their name. */
const MIME_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
    webp: 'image/webp',
    gif: 'image/gif',
    heic: 'image/heic',
    heif: 'image/heif',
    avif: 'image/avif',
    bmp: 'image/bmp',
    svg: 'image/svg+xml',
    tif: 'image/tiff',
    tiff: 'image/tiff',
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
 * The one attachment of a message, as a list of them: clients of this dialect know its address and perhaps its name. What type it has
 * is read off the name, else off the address, and its size is unknown. What is no address is passed on for the command to refuse.
 */
export function toAttachments({ messageType, attachmentUrl, attachmentName }: Named): unknown[] {
  if (attachmentUrl === undefined || attachmentUrl === null || attachmentUrl === '') {
    return [];
  }
  const addressed = lastSegment(pathOf(attachmentUrl));
  // Browsers tell of a file that was picked as `C:\fakepath\name`.
  const name = (typeof attachmentName === 'string' ? lastSegment(attachmentName) : '') || addressed || 'file';
  const mimeType = typeByEnding([ending(name), ending(addressed)], messageType);
  return [{ url: attachmentUrl, name, mimeType, size: 0 }];
}

/** An image with an ending that is not known is of that type, for the command to refuse: it would be shown as one that it is not. */
function typeByEnding(endings: readonly string[], messageType: unknown): string {
  const known = endings.map((end) => MIME_TYPES.get(end)).find((type) => type !== undefined);
  if (known !== undefined || messageType !== 'image') {
    return known ?? SOME_FILE;
  }
  const unknown = endings.find((end) => end !== '');
  return unknown === undefined ? SOME_IMAGE : `image/${unknown}`;
}

function pathOf(url: unknown): string {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : '';
}

function lastSegment(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? '';
}

/** In lower case; empty without one, and behind a dot that means something else, as in a date. */
function ending(name: string): string {
  return /\.([a-z][a-z0-9]{0,9})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}
