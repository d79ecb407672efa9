import { texts } from "@/shared/i18n/explore";
import { formatCount } from "@/shared/lib/format";
import { milliseconds } from "./answer-panel";
import type { Answer } from "./send";

/** Events as they came, each with when. */
export function EventList({ events, eventCount }: Pick<Answer, "events" | "eventCount">) {
  const first = eventCount - events.length;
  return (
    <>
      {first > 0 && <p className="pb-2 text-xs text-faint">{texts.answer.earlier(formatCount(first))}</p>}
      <ol
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a keyboard must be able to scroll it
        tabIndex={0}
        aria-label={texts.answer.events}
        className="max-h-[32rem] overflow-auto rounded-lg border border-line bg-panel font-mono text-xs"
      >
        {events.map(({ atMs, text }, index) => (
          <li key={first + index} className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-2 border-b border-line px-3 py-1 last:border-b-0">
            <span className="text-right text-faint tabular-nums">{milliseconds(atMs)}</span>
            <span className="break-words whitespace-pre-wrap">{text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
