import { Lexer } from "marked";
import { memo, useMemo } from "react";
import { Block } from "./block";

/** Markdown as elements. Nothing in it becomes markup of the page: there is no `innerHTML` on the way. */
export const Markdown = memo(({ source }: { source: string }) => {
  const tokens = useMemo(() => Lexer.lex(source), [source]);
  const definitions = Object.keys(tokens.links).length;
  return (
    <div className="markdown">
      {tokens.map((token, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the lexer gives tokens no identity but their place
        <Block key={index} token={token} definitions={definitions} />
      ))}
    </div>
  );
});
Markdown.displayName = "Markdown";
