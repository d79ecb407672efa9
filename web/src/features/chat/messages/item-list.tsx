import { type Ref, type RefObject, useImperativeHandle, useRef } from "react";
import type { LedgerEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { AnswerView } from "./answer-view";
import { SaidView } from "./said-view";
import type { Item } from "./thread";
import { VirtualList } from "./virtual-list";

export interface ListHandle {
  /** Brings an item to the top of what is seen. */
  show: (index: number) => void;
}

interface ItemListProps {
  items: readonly Item[];
  scroller: RefObject<HTMLDivElement | null>;
  /** How many stored messages come before these. */
  earlier: number;
  /** Loads some of them. */
  onEarlier: () => Promise<unknown>;
  /** What requests took, by their ids. */
  measured: ReadonlyMap<string, LedgerEntry> | undefined;
  /** The item that was looked for. */
  found: string | null;
  ref: Ref<ListHandle>;
}

/** Up to so many are all on the page, where the browser's own search finds them. */
const most = 60;

/** The messages, one below the other. Of many only those that are seen are made. */
export function ItemList({ items, scroller, earlier, onEarlier, measured, found, ref }: ItemListProps) {
  const plain = useRef<HTMLDivElement>(null);
  const virtual = useRef<ListHandle>(null);
  useImperativeHandle(ref, () => ({
    show(index) {
      if (virtual.current !== null) virtual.current.show(index);
      else plain.current?.children[index]?.scrollIntoView({ block: "start" });
    },
  }));
  const lastSaid = items.findLast(({ kind }) => kind === "said")?.key;
  const one = (item: Item, index: number) => (
    <div
      key={item.key}
      className={`pb-6 ${item.key === found ? "found" : ""}`}
      data-message={item.ids[0]}
      data-messages={item.ids.join(" ")}
    >
      {index === 0 && earlier > 0 && (
        <button
          type="button"
          onClick={() => void onEarlier()}
          className="mx-auto mb-6 block rounded-full border border-line px-4 py-1.5 text-sm text-soft hover:bg-raised"
        >
          {texts.chat.earlier}
        </button>
      )}
      {item.kind === "said" ? (
        <SaidView item={item} last={item.key === lastSaid} />
      ) : (
        <AnswerView item={item} measured={item.requestId === null ? undefined : measured?.get(item.requestId)} />
      )}
    </div>
  );
  if (items.length <= most) return <div ref={plain}>{items.map(one)}</div>;
  return (
    <VirtualList ref={virtual} items={items} scroller={scroller} onNearStart={earlier > 0 ? onEarlier : null}>
      {one}
    </VirtualList>
  );
}
