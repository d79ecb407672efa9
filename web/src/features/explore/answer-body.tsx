import { useMemo } from "react";
import { texts } from "@/shared/i18n/explore";
import { formatBytes } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { isText } from "./media";
import { parseJson, pretty } from "./request";
import type { Answer } from "./send";

/** The body: JSON set out, the words of a stream put together, anything else as it is; what is no text can be saved. */
export function AnswerBody({ answer }: { answer: Answer }) {
  const { mediaType, eventCount, words, text, bytes, blob } = answer;
  const shown = useMemo(() => {
    if (eventCount > 0) return words || text;
    const parsed = mediaType.includes("ndjson") ? { error: "" } : parseJson(text);
    return "value" in parsed ? pretty(parsed.value) : text;
  }, [eventCount, words, mediaType, text]);
  const cut = isText(mediaType) && blob !== null && new Blob([text]).size < bytes;
  return (
    <div className="grid gap-2">
      {bytes === 0 && <p className="text-sm text-faint">{texts.answer.empty}</p>}
      {bytes > 0 && !isText(mediaType) && <p className="text-sm text-faint">{texts.answer.binary(mediaType)}</p>}
      {shown !== "" && <Code text={shown} label={texts.answer.body} />}
      {cut && <p className="text-xs text-faint">{texts.answer.cut(formatBytes(new Blob([text]).size))}</p>}
      {blob !== null && bytes > 0 && (cut || !isText(mediaType)) && (
        <div>
          <Button size="small" onClick={() => save(blob)}>{texts.answer.save}</Button>
        </div>
      )}
    </div>
  );
}

/** Text that is code; wide lines scroll inside it. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    // Focusable, because a keyboard must be able to scroll it.
    <pre
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="group"
      aria-label={label}
      className="max-h-[32rem] overflow-auto rounded-lg border border-line bg-panel p-3 font-mono text-xs leading-relaxed whitespace-pre-wrap break-words"
    >
      {text}
    </pre>
  );
}

/** The browser saves what a link with a name leads to. */
function save(blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = "answer";
  link.click();
  URL.revokeObjectURL(link.href);
}
