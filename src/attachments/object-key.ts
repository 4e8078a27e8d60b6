const NAME_MAX = 100;
const FALLBACK = 'file';

/**
 * The key of an uploaded file: `chats/{chat}/{random}/{name}`. The random part is all that keeps strangers from guessing
 * the address, so it comes from a source that cannot be guessed.
 *
 * @param name as the sender calls the file; of it, only what needs no escaping anywhere stays
 */
export function objectKey(chatId: string, random: string, name: string): string {
  return `chats/${chatId}/${random}/${plainName(name)}`;
}

/** ASCII letters, digits, `.`, `_` and `-`; keeps the extension; never hidden, never a step up a folder. */
function plainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.|[.-]+$/g, '');
  const dot = plain.lastIndexOf('.');
  const extension = dot < 0 ? '' : plain.slice(dot, dot + NAME_MAX / 2);
  const stem = dot < 0 ? plain : plain.slice(0, dot);
  // Once more after the cut, or a dot at the end of the stem would meet that of the extension.
  const cut = trimmed(trimmed(stem).slice(0, NAME_MAX - extension.length));
  return `${cut === '' ? FALLBACK : cut}${extension}`;
}

function trimmed(stem: string): string {
  return stem.replace(/^[.-]+|[.-]+$/g, '');
}
