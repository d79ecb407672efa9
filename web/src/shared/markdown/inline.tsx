import type { MarkedToken, Token } from "marked";
import { Fragment, type ReactNode } from "react";
import { decodeEntities } from "./entities";
import { Formula } from "./formula";
import { ownImage, safeAddress } from "./link";
import type { MathToken } from "./math-syntax";

/** Tokens within a line. */
export function Inlines({ tokens }: { tokens: Token[] | undefined }): ReactNode {
  // The lexer gives tokens no identity but their place.
  // oxlint-disable-next-line react/no-array-index-key
  return tokens?.map((token, index) => <Fragment key={index}>{inline(token as MarkedToken | MathToken)}</Fragment>);
}

/** Everything becomes an element or plain text; HTML in an answer is shown as it was written, never run. */
function inline(token: MarkedToken | MathToken): ReactNode {
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
      return <Image href={token.href} text={decodeEntities(token.text)} />;
    case "math":
      return <Formula source={token.text} display={token.display} />;
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

/** One of ours. Fetching another would tell its server that this answer is being read. */
function Image({ href, text }: { href: string; text: string }) {
  const address = ownImage(href);
  if (address === null) return <Link href={href}>{text || href}</Link>;
  return <img src={address} alt={text} loading="lazy" className="max-h-[32rem] max-w-full rounded-lg" />;
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
