import { Lexer, Marked, type Token, type TokensList } from "marked";
import { mathExtensions } from "./math-syntax";

/** Markdown with mathematics. An instance of its own: nothing else in the page is changed by it. */
const marked = new Marked({ extensions: mathExtensions });

/** A text in blocks. */
export interface Lexed {
  source: string;
  tokens: readonly Token[];
  /** Link definitions anywhere in it. */
  links: TokensList["links"];
}

export const nothingLexed: Lexed = { source: "", tokens: [], links: {} };

/**
 * The blocks of `source`, which is as a rule `before` with more at its end: then only its last block is read again,
 * because nothing that comes later changes the blocks before it. An exception are definitions of links, which hold
 * for the whole text. O(last block), or else O(text).
 */
export function lex(source: string, before: Lexed): Lexed {
  if (source === before.source) return before;
  const kept = source.startsWith(before.source) ? before.tokens.slice(0, lastBlock(before.tokens)) : [];
  const at = kept.reduce((length, { raw }) => length + raw.length, 0);
  // The lexer makes other bytes of some, so that lengths need not be those of the source.
  const exact = kept.length > 0 && before.source.startsWith(kept.map(({ raw }) => raw).join(""));
  if (!exact) return lexAll(source);
  const lexer = new Lexer(marked.defaults);
  Object.assign(lexer.tokens.links, before.links);
  const tail = lexer.lex(source.slice(at));
  const links = tail.links;
  if (Object.keys(links).length !== Object.keys(before.links).length) return lexAll(source);
  return { source, tokens: [...kept, ...tail], links };
}

function lexAll(source: string): Lexed {
  const tokens = new Lexer(marked.defaults).lex(source);
  return { source, tokens: [...tokens], links: tokens.links };
}

/** The index of the last block that is not mere space: what comes next may belong to it. */
function lastBlock(tokens: readonly Token[]): number {
  return tokens.findLastIndex(({ type }) => type !== "space");
}
