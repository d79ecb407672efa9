import type { TokenizerAndRendererExtension, Tokens } from "marked";

/** A formula. */
export interface MathToken extends Tokens.Generic {
  type: "math";
  text: string;
  /** Whether it stands on lines of its own. */
  display: boolean;
}

/** `$…$` begins before what is no space and ends behind such, and before no digit: "$5 and $6" is money. */
const inlineDollar = /^\$(?![\s$])((?:\\.|[^\\$\n])*?[^\\\s$])\$(?![\d$])/;
const inlineParenthesis = /^\\\(((?:[^\\\n]|\\(?!\)))+?)\\\)/;
const displayDollar = /^\$\$((?:\\.|[^\\$]|\$(?!\$))+?)\$\$/;
const displayBracket = /^\\\[((?:[^\\]|\\(?!\]))+?)\\\]/;

const token = (match: RegExpExecArray | null, display: boolean): MathToken | undefined =>
  match === null ? undefined : { type: "math", raw: match[0], text: (match[1] ?? "").trim(), display };

const display = (source: string) => token(displayDollar.exec(source) ?? displayBracket.exec(source), true);

/** Formulas as models write them: with dollars, or with LaTeX's own brackets. */
export const mathExtensions: TokenizerAndRendererExtension[] = [
  {
    name: "math",
    level: "inline",
    start: (source) => earliest(source, ["$", "\\(", "\\["]),
    tokenizer: (source) =>
      display(source) ?? token(inlineDollar.exec(source) ?? inlineParenthesis.exec(source), false),
  },
];

function earliest(source: string, marks: readonly string[]): number | undefined {
  const found = marks.map((mark) => source.indexOf(mark)).filter((at) => at !== -1);
  return found.length === 0 ? undefined : Math.min(...found);
}
