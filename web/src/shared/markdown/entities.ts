/** The named ones that models write. Others stay as they were written. */
const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  copy: "©",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  times: "×",
  rarr: "→",
};

/** Markdown's text with its character references replaced; the lexer leaves them to whoever writes HTML. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    // CommonMark, section 2.5: zero and what is no code point become U+FFFD.
    const isPoint = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return isPoint ? String.fromCodePoint(point) : "\ufffd";
  });
}
