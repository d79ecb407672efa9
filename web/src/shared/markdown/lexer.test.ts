import type { Token } from "marked";
import { expect, test } from "vitest";
import { type Lexed, lex, nothingLexed } from "./lexer";

const text = [
  "# Title",
  "Some *words* with `code`, $x^2$ and money: $5 and $6.",
  "Setext\n===",
  "- one\n- two\n\n  more of two\n\n- three\n  1. deep\n  2. deeper",
  "| a | b |\n|---|--:|\n| 1 | $y$ |\n| 2 | 3 |",
  "```python\nprint('hello')\n\n\nprint(2)\n```",
  "> quoted\nand lazily continued\n\n> quoted again",
  "$$\n\\int_0^1 x\\,dx\n$$",
  "    indented code\n\n    goes on",
  "<div>\nhtml\n</div>",
  "1. first\n2. second\n\ntext after",
  "- [x] done\n- [ ] not done",
  "---",
  "last words",
].join("\n\n");

const shape = (tokens: readonly Token[]) => tokens.map(({ type, raw }) => [type, raw]);
const whole = (source: string) => lex(source, nothingLexed);

test("a text that grows letter by letter becomes the same blocks as at once", () => {
  let grown: Lexed = nothingLexed;
  for (let end = 1; end <= text.length; end++) grown = lex(text.slice(0, end), grown);
  expect(shape(grown.tokens)).toEqual(shape(whole(text).tokens));
});

test("in steps of any size, at every cut, the blocks are those of the text so far", () => {
  for (const step of [3, 7, 16, 61]) {
    let grown: Lexed = nothingLexed;
    for (let end = step; end < text.length + step; end += step) {
      const source = text.slice(0, end);
      grown = lex(source, grown);
      expect(shape(grown.tokens), source).toEqual(shape(whole(source).tokens));
    }
  }
});

test("blocks before the last one are not read again", () => {
  const before = whole("One.\n\nTwo.\n\nThree");
  const after = lex("One.\n\nTwo.\n\nThree and more.\n\nFour", before);
  expect(after.tokens[0]).toBe(before.tokens[0]);
  expect(after.tokens[2]).toBe(before.tokens[2]);
  expect(after.tokens[4]).not.toBe(before.tokens[4]);
});

test("a text that is another one is read from its beginning", () => {
  expect(shape(lex("Other.", whole("One.\n\nTwo.")).tokens)).toEqual(shape(whole("Other.").tokens));
});

test("lines that end otherwise are read whole, and lose nothing", () => {
  let grown: Lexed = nothingLexed;
  const source = "One.\r\n\r\nTwo.\r\n\r\n- a\r\n- b\r\n";
  for (let end = 1; end <= source.length; end++) grown = lex(source.slice(0, end), grown);
  expect(shape(grown.tokens)).toEqual(shape(whole(source).tokens));
});

const formulas = (source: string): string[] => {
  const found: string[] = [];
  const visit = (tokens: readonly Token[]) => {
    for (const token of tokens) {
      if (token.type === "math") found.push(`${token.display ? "display" : "inline"} ${token.text}`);
      else if ("tokens" in token && token.tokens) visit(token.tokens);
    }
  };
  visit(whole(source).tokens);
  return found;
};

test.each([
  ["$x^2$", ["inline x^2"]],
  ["so $a_1$ and $b$, thus", ["inline a_1", "inline b"]],
  ["\\(x\\) and \\[y\\]", ["inline x", "display y"]],
  ["$$\n\\frac{1}{2}\n$$", ["display \\frac{1}{2}"]],
  ["it costs $5 and $6", []],
  ["$ x $", []],
  ["`$x$`", []],
  ["```\n$x$\n```", []],
  ["$unfinished", []],
  ["a \\$5 bill and $x$", ["inline x"]],
  ["$\\$5 + x$", ["inline \\$5 + x"]],
])("formulas in %j", (source, expected) => {
  expect(formulas(source)).toEqual(expected);
});
