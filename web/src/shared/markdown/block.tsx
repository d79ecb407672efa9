import type { MarkedToken, Token, Tokens } from "marked";
import { Fragment, type ReactNode, memo } from "react";
import { CodeBlock } from "./code-block";
import { Formula } from "./formula";
import { settled } from "./growing";
import { Inlines } from "./inline";
import type { MathToken } from "./math-syntax";

interface BlockProps {
  token: Token;
  /** Link definitions anywhere in the text: a new one can change a block whose own source did not. */
  definitions: number;
  /** The depths of headings that the whole text uses, ascending; empty for what is no heading. */
  depths: string;
  /** Whether its end has come. */
  closed: boolean;
}

/** One block. While an answer streams only the last block's source changes, so that the others are left alone. */
export const Block = memo(
  ({ token, depths, closed }: BlockProps) => block(token as MarkedToken | MathToken, depths, closed),
  (before, after) =>
    (before.token === after.token ||
      (before.token.type === after.token.type && before.token.raw === after.token.raw)) &&
    before.closed === after.closed &&
    before.definitions === after.definitions &&
    before.depths === after.depths,
);
Block.displayName = "Block";

function Blocks({ tokens }: { tokens: Token[] }): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key -- the lexer gives tokens no identity but their place
  return tokens.map((token, index) => <Fragment key={index}>{block(token as MarkedToken | MathToken, "", true)}</Fragment>);
}

function block(token: MarkedToken | MathToken, depths: string, closed: boolean): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr />;
    case "heading":
      return heading(token, depths);
    case "paragraph":
      return <p><Inlines tokens={closed ? token.tokens : settled(token.tokens ?? [])} /></p>;
    case "code":
      return <CodeBlock code={token.text} language={/^\S*/.exec(token.lang ?? "")?.[0] ?? ""} closed={closed} />;
    case "math":
      return <Formula source={token.text} display />;
    case "blockquote":
      return <blockquote><Blocks tokens={token.tokens} /></blockquote>;
    case "list":
      return list(token);
    case "table":
      return table(token);
    case "html":
      // Shown as it was written, never run.
      return <p>{token.raw.trim()}</p>;
    default:
      return <Inlines tokens={[token]} />;
  }
}

/**
 * The page and the answer have headings of their own, so that the text's begin with the third level, and without gaps:
 * models skip levels for looks, which leaves people who jump from heading to heading searching for the rest.
 */
function heading({ depth, tokens }: Tokens.Heading, depths: string): ReactNode {
  const above = [...depths].filter((used) => Number(used) < depth).length;
  const Level = (["h3", "h4", "h5", "h6"] as const)[above] ?? "h6";
  return <Level><Inlines tokens={tokens} /></Level>;
}

function list({ ordered, start, items }: Tokens.List): ReactNode {
  const children = items.map((item, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- the lexer gives tokens no identity but their place
    <li key={index} className={item.task ? "task" : undefined}>
      <Blocks tokens={item.tokens} />
    </li>
  ));
  return ordered ? <ol start={start === "" ? 1 : start}>{children}</ol> : <ul>{children}</ul>;
}

function table({ header, rows }: Tokens.Table): ReactNode {
  const aligned = (cell: Tokens.TableCell) => ({ textAlign: cell.align ?? undefined });
  return (
    // Focusable, because a keyboard must be able to scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" tabIndex={0} role="group">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- columns have no other identity
              <th key={index} style={aligned(cell)}><Inlines tokens={cell.tokens} /></th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows have no other identity
            <tr key={index}>
              {row.map((cell, column) => (
                // oxlint-disable-next-line react/no-array-index-key -- columns have no other identity
                <td key={column} style={aligned(cell)}><Inlines tokens={cell.tokens} /></td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
