/** HTML from templates in which every text is escaped, unless it is HTML already. */

export interface Html {
  readonly text: string;
}

/** A tagged template: texts in it are escaped, HTML in it is kept. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html)[]): Html {
  const text = parts.reduce((before, part, index) => before + rendered(values[index - 1]!) + part);
  return { text };
}

/** Pieces one after another, with `between` between them. */
export function joined(pieces: Html[], between: Html): Html {
  return { text: pieces.map(({ text }) => text).join(between.text) };
}

const entities: Readonly<Record<string, string>> = Object.freeze({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
});

function rendered(value: string | number | Html): string {
  if (typeof value === 'object') return value.text;
  return String(value).replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
