import { type ReactNode, createContext, useContext } from "react";
import { CopyButton } from "@/shared/ui/copy-button";
import { Highlighted } from "./highlighted";

interface CodeBlockProps {
  code: string;
  /** As the answer names it, such as `rust`. */
  language: string;
  /** Whether its end has come; until then it grows. */
  closed: boolean;
}

/** What can be done with code, below it; `null`: nothing but copying it. */
export const CodeTools = createContext<((code: string, language: string) => ReactNode) | null>(null);

/** Code with its language and a copy button. Wide lines scroll inside the block, not the page. */
export function CodeBlock({ code, language, closed }: CodeBlockProps) {
  const tools = useContext(CodeTools);
  return (
    <figure className="code-block">
      <figcaption>
        <span>{language}</span>
        <CopyButton text={() => code} />
      </figcaption>
      {/* Focusable, because a keyboard must be able to scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0}>
        <code>{closed ? <Highlighted code={code} language={language} /> : code}</code>
      </pre>
      {closed && tools?.(code, language)}
    </figure>
  );
}
