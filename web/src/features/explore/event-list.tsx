import { texts } from "@/shared/i18n/explore";
import { formatCount } from "@/shared/lib/format";
import { milliseconds } from "./answer-panel";
import type { Answer } from "./send";

/** More than these nobody reads, and each costs time whenever one comes. */
const shown = 300;

/** Events as they came, each with when. */
export function EventList({ events }: { events: Answer["events"] }) {
  const first = Math.max(0, events.length - shown);
  return (
    <>
      {first > 0 && <p className="pb-2 text-xs text-faint">{texts.answer.earlier(first)}</p>}
      <ol
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a keyboard must be able to scroll it
        tabIndex={0}
        aria-label={texts.answer.events}
        className="max-h-[32rem] overflow-auto rounded-lg border border-line bg-panel font-mono text-xs"
      >
        {events.slice(first).map(({ atMs, text }, index) => (
          <li key={formatCount(first + index)} className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-2 border-b border-line px-3 py-1 last:border-b-0">
            <span className="text-right text-faint tabular-nums">{milliseconds(atMs)}</span>
            <span className="break-words whitespace-pre-wrap">{text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
