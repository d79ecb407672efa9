import { useCallback, useMemo, useRef, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { DownIcon } from "@/shared/ui/icons";
import { later } from "@/shared/ui/later";
import { useBringLast } from "../composer/edit-last";
import { titleOf } from "../conversation-id";
import { useFindEvent } from "../find/find-event";
import { focusComposer } from "../palette/use-shortcuts";
import { useLedger } from "../queries";
import { useOpenReceipt } from "../receipt/open-receipt";
import { type Turn, isRunning } from "../turns";
import { ItemList, type ListHandle } from "./item-list";
import { storedItems, withTurns } from "./thread";
import { useThreadActions } from "./thread-context";
import type { StoredThread } from "./thread-query";
import { useStickToEnd } from "./use-stick-to-end";
import { useTarget } from "./use-target";

const FindBar = later(() => import("../find/find-bar"));
const ReceiptDrawer = later(() => import("../receipt/receipt-drawer"));

interface MessagesProps {
  stored: StoredThread | undefined;
  turns: readonly Turn[];
  /** Loads what comes before the first of them. */
  onEarlier: () => Promise<unknown>;
}

/** A conversation's text: what the server has kept, and after it what was said in this tab. */
export default function Messages({ stored, turns, onEarlier }: MessagesProps) {
  const { conversation, busy, show } = useThreadActions();
  const list = useRef<ListHandle>(null);
  const asked = turns.filter(({ recollected }) => !recollected).length;
  const { scroller, content, atEnd, jump, release } = useStickToEnd(`${conversation} ${asked}`);
  const kept = useMemo(() => storedItems(stored?.messages ?? []), [stored?.messages]);
  const items = useMemo(() => withTurns(kept, turns), [kept, turns]);
  const earlier = stored?.earlier ?? 0;
  const found = useTarget({ items, list, earlier, onEarlier, onElsewhere: show, release });
  const ledger = useLedger(kept.some((item) => item.kind === "answer"));
  const receipt = useOpenReceipt((state) => state.item);
  useBringLast(() => {
    const last = items.findLastIndex(({ kind }) => kind === "said");
    if (last === -1 || busy) return;
    release();
    list.current?.show(last);
  });
  /** How often finding was wished for since it was closed; 0: it is not open. */
  const [finding, setFinding] = useState(0);
  useFindEvent(stored !== undefined, useCallback(() => setFinding((times) => times + 1), []));
  const first = turns[0]?.question.prompt;
  const title = stored?.conversation.title || (first ? titleOf(first) : texts.history.untitled);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <title>{`${title} · ${common.app.name}`}</title>
      <h1 className="sr-only">{title}</h1>
      {finding > 0 && (
        <FindBar
          content={content}
          wished={finding}
          onClose={() => {
            setFinding(0);
            focusComposer();
          }}
        />
      )}
      <div ref={scroller} className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <div
          ref={content}
          role="log"
          aria-label={texts.chat.log}
          aria-busy={isRunning(turns.at(-1))}
          className="mx-auto max-w-[46rem] px-4 pt-6 pb-4"
        >
          <ItemList
            ref={list}
            items={items}
            scroller={scroller}
            earlier={earlier}
            onEarlier={onEarlier}
            measured={ledger.data}
            found={found}
          />
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={jump}
          className="absolute bottom-2 left-1/2 flex -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-field py-1.5 pr-4 pl-3 text-sm shadow-sm hover:bg-raised"
        >
          <DownIcon />
          {texts.chat.latest}
        </button>
      )}
      {receipt !== null && <ReceiptDrawer item={receipt} />}
    </div>
  );
}
