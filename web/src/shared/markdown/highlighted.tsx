import { Fragment, type ReactNode, memo, useEffect, useState } from "react";
import type { Piece } from "./highlighter";

type Highlighter = typeof import("./highlighter");

let loaded: Highlighter | null = null;
const load = () =>
  import("./highlighter").then((module) => {
    loaded = module;
    return module;
  });

/** Longer code is shown without colours: they would cost more time than they save. */
const longest = 50_000;

/** Code in colours, and until the part that knows them is there, without. The letters stand where they stood. */
export const Highlighted = memo(({ code, language }: { code: string; language: string }) => {
  const [highlighter, setHighlighter] = useState(loaded);
  const wanted = language !== "" && code.length <= longest;
  useEffect(() => {
    if (wanted && highlighter === null) void load().then(setHighlighter, () => undefined);
  }, [wanted, highlighter]);
  const piece = wanted ? remembered(highlighter, code, language) : null;
  return piece === null ? code : children(piece);
});
Highlighted.displayName = "Highlighted";

/** What was highlighted last: a list that shows only what is seen makes the same block again and again. */
const known = new Map<string, Piece | null>();

function remembered(highlighter: Highlighter | null, code: string, language: string): Piece | null {
  if (highlighter === null) return null;
  const key = `${language}\n${code}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = highlighter.pieces(code, language.toLowerCase());
  if (known.size >= 200) known.delete(known.keys().next().value ?? "");
  known.set(key, made);
  return made;
}

function children(piece: Piece): ReactNode {
  return piece.children.map((child, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- pieces of code never move
    <Fragment key={index}>
      {typeof child === "string" ? child : <span className={classOf(child.scope)}>{children(child)}</span>}
    </Fragment>
  ));
}

/** `title.function` is coloured as a `title`. */
function classOf(scope: string | undefined): string {
  return `code-${/^\w*/.exec(scope ?? "")?.[0] ?? ""}`;
}
