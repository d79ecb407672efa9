import { Lexer, type Token } from "marked";
import { memo, useMemo } from "react";
import { Block } from "./block";

/** The depths of headings that a text uses, such as `24` for one that has no other than `##` and `####`. */
function headingDepths(tokens: readonly Token[]): string {
  const depths = tokens.flatMap((token) => (token.type === "heading" ? [Number(token.depth)] : []));
  return [...new Set(depths)].toSorted().join("");
}

/** Markdown as elements. Nothing in it becomes markup of the page: there is no `innerHTML` on the way. */
export const Markdown = memo(({ source }: { source: string; streaming?: boolean }) => {
  const tokens = useMemo(() => Lexer.lex(source), [source]);
  const depths = headingDepths(tokens);
  const definitions = Object.keys(tokens.links).length;
  return (
    <div className="markdown">
      {tokens.map((token, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the lexer gives tokens no identity but their place
        <Block key={index} token={token} definitions={definitions} depths={depths} />
      ))}
    </div>
  );
});
Markdown.displayName = "Markdown";
