import type { Token } from "marked";
import { memo, useState } from "react";
import { Block } from "./block";
import { type Lexed, lex, nothingLexed } from "./lexer";

interface MarkdownProps {
  source: string;
  /** Whether more of it is to come. */
  streaming?: boolean;
}

/** The depths of headings that a text uses, such as `24` for one that has no other than `##` and `####`. */
function headingDepths(tokens: readonly Token[]): string {
  const depths = tokens.flatMap((token) => (token.type === "heading" ? [Number(token.depth)] : []));
  return [...new Set(depths)].toSorted().join("");
}

/** Markdown as elements. Nothing in it becomes markup of the page: there is no `innerHTML` on the way. */
export const Markdown = memo(({ source, streaming = false }: MarkdownProps) => {
  const { tokens, links } = useLexed(source);
  // The last block of a text that grows is not known yet: `#` may become `##`, and every heading above would jump.
  const depths = headingDepths(streaming ? tokens.slice(0, -1) : tokens);
  const definitions = Object.keys(links).length;
  return (
    <div className="markdown">
      {tokens.map((token, index) => (
        <Block
          // oxlint-disable-next-line react/no-array-index-key -- the lexer gives tokens no identity but their place
          key={index}
          token={token}
          definitions={definitions}
          depths={token.type === "heading" ? depths : ""}
          closed={!streaming || index < tokens.length - 1}
        />
      ))}
    </div>
  );
});
Markdown.displayName = "Markdown";

/** The blocks of a text that grows, each read once. */
function useLexed(source: string): Lexed {
  const [lexed, setLexed] = useState(() => lex(source, nothingLexed));
  if (lexed.source === source) return lexed;
  // React's way to keep something of the render before: state that is set while rendering.
  const next = lex(source, lexed);
  setLexed(next);
  return next;
}
