import type { ReactNode } from "react";
import { Markdown } from "@/shared/markdown/markdown";
import { CopyButton } from "@/shared/ui/copy-button";
import { texts } from "@/shared/i18n/chat";

/** What the person said: as it was typed. */
export function Said({ text }: { text: string }) {
  return (
    <div className="flex justify-end">
      <p className="max-w-[85%] rounded-2xl rounded-br-md bg-raised px-4 py-2.5 leading-relaxed break-words whitespace-pre-wrap">
        <span className="sr-only">{texts.chat.you}: </span>
        {text}
      </p>
    </div>
  );
}

interface AnswerProps {
  text: string;
  /** Whether more of it is to come. */
  streaming?: boolean;
  /** The line under it. */
  children?: ReactNode;
}

/** What a model said: as Markdown, over the whole column, with a line of facts under it. */
export function Answer({ text, streaming = false, children }: AnswerProps) {
  return (
    <article aria-busy={streaming}>
      <h2 className="sr-only">{texts.chat.answer}</h2>
      {text !== "" && <Markdown source={text} />}
      {text === "" && streaming && <Waiting />}
      {!streaming && (
        <footer className="mt-2 flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 text-xs leading-4 text-faint tabular-nums">
          {text !== "" && (
            <CopyButton text={() => text} label={texts.chat.copyAnswer} />
          )}
          {children}
        </footer>
      )}
    </article>
  );
}

function Waiting() {
  return (
    <p className="flex h-7 items-center gap-1" role="status">
      <span className="sr-only">{texts.chat.thinking}</span>
      {[0, 1, 2].map((dot) => (
        <span key={dot} className="waiting-dot size-1.5 rounded-full bg-accent" />
      ))}
    </p>
  );
}
