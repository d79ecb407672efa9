import type { RefObject } from "react";
import type { LedgerEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { AnswerView } from "./answer-view";
import { SaidView } from "./said-view";
import type { Item } from "./thread";

interface ItemListProps {
  items: readonly Item[];
  scroller: RefObject<HTMLDivElement | null>;
  /** How many stored messages come before these. */
  earlier: number;
  onEarlier: () => void;
  /** What requests took, by their ids. */
  measured: ReadonlyMap<string, LedgerEntry> | undefined;
}

/** The messages, one below the other. */
export function ItemList({ items, earlier, onEarlier, measured }: ItemListProps) {
  return (
    <div className="flex flex-col gap-6">
      {earlier > 0 && (
        <button
          type="button"
          onClick={onEarlier}
          className="self-center rounded-full border border-line px-4 py-1.5 text-sm text-soft hover:bg-raised"
        >
          {texts.chat.earlier}
        </button>
      )}
      {items.map((item) => (
        <ItemView key={item.key} item={item} measured={measured} />
      ))}
    </div>
  );
}

function ItemView({ item, measured }: { item: Item; measured: ItemListProps["measured"] }) {
  if (item.kind === "said") return <SaidView item={item} />;
  return <AnswerView item={item} measured={item.requestId === null ? undefined : measured?.get(item.requestId)} />;
}
