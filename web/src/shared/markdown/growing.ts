import type { Token, Tokens } from "marked";

/** `**` or a `[` that waits for its end, with what was written since; of a link also the part of its address. */
const waiting = /(?:\*\*|__|!?\[)(?<words>[^*_[\]]*)(?:\]\([^)\s]*|\])?$/;

/**
 * A line whose end is still being written, without marks that wait for theirs: `see [the page](https://exa` is `see the page`,
 * so that the letters stand where they will when the link is whole.
 */
export function settled(tokens: readonly Token[]): Token[] {
  // What is read as an address of its own belongs to the link that begins before it.
  const from = tokens.at(-1)?.type === "link" && opensLink(tokens.at(-2)) ? -2 : -1;
  const last = tokens.slice(from);
  if (last[0]?.type !== "text") return [...tokens];
  const raw = last.map((token) => token.raw).join("");
  const text = raw.replace(waiting, "$<words>");
  if (text === raw) return [...tokens];
  return [...tokens.slice(0, from), { type: "text", raw, text } satisfies Tokens.Text];
}

function opensLink(token: Token | undefined): boolean {
  return token?.type === "text" && token.raw.endsWith("](");
}
