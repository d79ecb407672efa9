import { Lexer, type Token, type Tokens } from "marked";

/** Markdown without its marks, for those who paste it where nothing reads them. */
export function plainText(markdown: string): string {
  return blocks(Lexer.lex(markdown)).trim();
}

function blocks(tokens: readonly Token[]): string {
  return tokens.map(block).filter((text) => text !== "").join("\n\n");
}

function block(token: Token): string {
  switch (token.type) {
    case "space":
    case "def":
      return "";
    case "hr":
      return "—";
    case "code":
      return (token as Tokens.Code).text;
    case "blockquote":
      return blocks(token.tokens ?? []);
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    default:
      return inline([token]);
  }
}

function list({ ordered, start, items }: Tokens.List): string {
  const first = start === "" ? 1 : start;
  const line = ({ task, checked, tokens }: Tokens.ListItem, index: number) => {
    const mark = ordered ? `${first + index}. ` : "- ";
    const box = task ? (checked ? "[x] " : "[ ] ") : "";
    const text = tokens.filter(({ type }) => type !== "checkbox").map(block).filter((part) => part !== "").join("\n");
    return `${mark}${box}${text.replaceAll("\n", `\n${" ".repeat(mark.length)}`)}`;
  };
  return items.map(line).join("\n");
}

function table({ header, rows }: Tokens.Table): string {
  return [header, ...rows].map((row) => row.map(({ tokens }) => inline(tokens)).join("\t")).join("\n");
}

function inline(tokens: readonly Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === "br") return "\n";
      if (token.type === "image") return token.text as string;
      if ("tokens" in token && token.tokens) return inline(token.tokens);
      return "text" in token && typeof token.text === "string" ? token.text : token.raw;
    })
    .join("");
}
