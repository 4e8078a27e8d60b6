const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Markup that is safe as it stands. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | Html | readonly Html[];

/** Builds markup; text that is put in is escaped, markup and lists of markup are not. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((built, literal, index) => built + markup(parts[index - 1] ?? '') + literal));
}

function markup(part: Part): string {
  if (part instanceof Html) {
    return part.text;
  }
  return typeof part === 'string'
    ? part.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    : part.map(({ text }) => text).join('');
}
