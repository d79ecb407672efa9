import { texts } from "@/shared/i18n/chat";
import { formatCount } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import type { ContextUse } from "../chat-api";

/** From which share on the meter warns. */
const nearly = 0.9;

/** How full the model's context is with what was said and what is being written. */
export function ContextMeter({ use, stale }: { use: ContextUse; stale: boolean }) {
  const { used_tokens: used, context_length: length, omitted_messages: omitted } = use;
  const share = used / length;
  const tone = !use.fits ? "danger" : omitted > 0 || share >= nearly ? "warning" : "accent";
  const count = texts.context.used(formatCount(used), formatCount(length));
  const parts = texts.context.parts(
    use.messages,
    formatCount(use.messages),
    formatCount(use.answer_tokens),
    formatCount(use.memory_tokens),
  );
  return (
    <div
      title={`${use.model}: ${parts} ${use.exact ? "" : texts.context.estimate}`.trim()}
      className={`flex items-center gap-2 text-xs tabular-nums ${use.fits ? "text-faint" : "text-danger"}`}
    >
      <span className="max-sm:sr-only">{use.exact ? count : texts.context.about(count)}</span>
      <span className={`w-12 ${stale ? "opacity-50" : ""}`}>
        <Meter label={texts.context.label} share={share} said={`${count}. ${parts}`} tone={tone} />
      </span>
    </div>
  );
}

/** What does not fit, in words. Nothing where all does. */
export function ContextNote({ use }: { use: ContextUse }) {
  if (!use.fits) return <p role="status" className="px-2 pb-1 text-xs text-danger">{texts.context.tooLong}</p>;
  if (use.omitted_messages === 0) return null;
  return (
    <p role="status" className="px-2 pb-1 text-xs text-warning">
      {texts.context.omitted(use.omitted_messages, formatCount(use.omitted_messages))}
    </p>
  );
}
