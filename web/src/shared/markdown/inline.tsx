import type { MarkedToken, Token } from "marked";
import { Fragment, type ReactNode } from "react";
import { decodeEntities } from "./entities";
import { safeAddress } from "./link";

/** Tokens within a line. */
export function Inlines({ tokens }: { tokens: Token[] | undefined }): ReactNode {
  // The lexer gives tokens no identity but their place.
  // oxlint-disable-next-line react/no-array-index-key
  return tokens?.map((token, index) => <Fragment key={index}>{inline(token as MarkedToken)}</Fragment>);
}

/** Everything becomes an element or plain text; HTML in an answer is shown as it was written, never run. */
function inline(token: MarkedToken): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong><Inlines tokens={token.tokens} /></strong>;
    case "em":
      return <em><Inlines tokens={token.tokens} /></em>;
    case "del":
      return <del><Inlines tokens={token.tokens} /></del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={token.href}><Inlines tokens={token.tokens} /></Link>;
    case "image":
      // Fetching it would tell another server that this answer is being read.
      return <Link href={token.href}>{decodeEntities(token.text) || token.href}</Link>;
    case "checkbox":
      return <input type="checkbox" checked={token.checked} readOnly disabled aria-label={token.raw.trim()} />;
    case "text":
      return token.tokens ? <Inlines tokens={token.tokens} /> : decodeEntities(token.text);
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

function Link({ href, children }: { href: string; children: ReactNode }) {
  const address = safeAddress(href);
  if (address === null) return children;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
