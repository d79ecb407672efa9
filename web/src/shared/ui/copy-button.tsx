import { useEffect, useState } from "react";
import { copyText } from "@/shared/lib/clipboard";
import { texts } from "@/shared/i18n/shared";
import { CheckIcon, CopyIcon } from "./icons";

interface CopyButtonProps {
  /** Asked for at the click, because an answer grows. */
  text: () => string;
  /** What is copied, where "Copy" alone would not say it. */
  label?: string;
}

/** Copies text and says for two seconds whether that worked. */
export function CopyButton({ text, label = texts.code.copy }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const said = { idle: texts.code.copy, copied: texts.code.copied, failed: texts.code.copyFailed }[state];
  return (
    <button
      type="button"
      aria-label={state === "idle" ? label : said}
      onClick={() => void copyText(text()).then((copied) => setState(copied ? "copied" : "failed"))}
      className="-mx-1.5 -my-1 flex items-center gap-1 rounded-md px-1.5 py-1 text-xs leading-4 text-soft hover:bg-raised hover:text-ink [&_svg]:size-4"
    >
      {state === "copied" ? <CheckIcon /> : <CopyIcon />}
      <span aria-live="polite">{said}</span>
    </button>
  );
}
