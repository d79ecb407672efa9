import { useId, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { PinIcon } from "@/shared/ui/icons";
import type { AnswerItem } from "../messages/thread";
import { useThreadActions } from "../messages/thread-context";
import type { Hit } from "../messages/wire";
import { useForgotten } from "./forget";
import { useLeftOut } from "./left-out";
import { MemoryCard } from "./memory-card";
import { usePins } from "./pins";

/** What was recalled for an answer: a chip each, which opens it. */
export function MemoryChips({ item, memories }: { item: AnswerItem; memories: readonly Hit[] }) {
  const { conversation, busy, again } = useThreadActions();
  const { ids: leftOut, leaveOut, takeBack } = useLeftOut(conversation);
  const forgotten = useForgotten(({ ids }) => ids);
  const pins = usePins((state) => state.pins);
  const [open, setOpen] = useState<string | null>(null);
  const card = useId();
  const left = memories.filter(({ id }) => !forgotten.has(id));
  const shown = left.find(({ id }) => id === open);
  if (left.length === 0) return null;
  return (
    <section aria-label={texts.recall.label} className="mb-4 space-y-2">
      <div className="flex flex-wrap items-center gap-1.5 text-xs">
        <span className="mr-1 text-faint">{texts.recall.recalled(left.length)}</span>
        {left.map(({ id, text, pinned }) => (
          <button
            key={id}
            type="button"
            aria-label={texts.recall.chip(text)}
            aria-expanded={id === open}
            aria-controls={id === open ? card : undefined}
            onClick={() => setOpen(id === open ? null : id)}
            className="flex h-6 max-w-56 items-center gap-1 rounded-full border border-line bg-panel px-2.5 text-soft hover:bg-raised hover:text-ink aria-expanded:border-accent aria-expanded:text-ink [&_svg]:size-3.5"
          >
            {(pins[id] ?? pinned) && <PinIcon />}
            <span className={`truncate ${leftOut.includes(id) ? "line-through opacity-70" : ""}`}>{text}</span>
          </button>
        ))}
      </div>
      {shown && (
        <div id={card} className="rounded-lg border border-line bg-panel p-3">
          <MemoryCard memory={shown} pinned={pins[shown.id] ?? shown.pinned}>
            {leftOut.includes(shown.id) ? (
              <>
                <Button size="small" kind="quiet" onClick={() => takeBack(shown.id)}>{texts.recall.takeBack}</Button>
                {item.ids.length > 0 && (
                  <Button size="small" kind="quiet" disabled={busy} onClick={() => again(item, null)}>
                    {texts.recall.againWithout}
                  </Button>
                )}
              </>
            ) : (
              <Button size="small" kind="quiet" title={texts.recall.notHereTitle} onClick={() => leaveOut(shown.id)}>
                {texts.recall.notHere}
              </Button>
            )}
          </MemoryCard>
          {leftOut.includes(shown.id) && <p role="status" className="mt-1 text-xs text-soft">{texts.recall.leftOutNow}</p>}
        </div>
      )}
    </section>
  );
}
