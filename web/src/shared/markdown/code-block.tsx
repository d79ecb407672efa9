import { CopyButton } from "@/shared/ui/copy-button";

interface CodeBlockProps {
  code: string;
  /** As the answer names it, such as `rust`. */
  language: string;
}

/** Code with its language and a copy button. Wide lines scroll inside the block, not the page. */
export function CodeBlock({ code, language }: CodeBlockProps) {
  return (
    <figure className="code-block">
      <figcaption>
        <span>{language}</span>
        <CopyButton text={() => code} />
      </figcaption>
      {/* Focusable, because a keyboard must be able to scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
