import { type ReactElement, type Ref, type RefObject, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { ListHandle } from "./item-list";
import type { Item } from "./thread";

interface VirtualListProps {
  items: readonly Item[];
  scroller: RefObject<HTMLDivElement | null>;
  /** Called when the first items come near; `null`: there is nothing before them. */
  onNearStart: (() => Promise<unknown>) | null;
  ref: Ref<ListHandle>;
  children: (item: Item, index: number) => ReactElement;
}

/** So many items before the first one counts as near it. */
const near = 8;
/** The space above the first item, in pixels: the list's own `pt-6`. */
const above = 24;

/** A list of any length, of which the page has what is seen and a little around it. */
export function VirtualList({ items, scroller, onNearStart, ref, children }: VirtualListProps) {
  const list = useRef<VirtualizerHandle>(null);
  const loading = useRef(false);
  const shift = useShift(items[0]?.key, items);
  useImperativeHandle(ref, () => ({
    show: (index) => list.current?.scrollToIndex(index, { align: "start" }),
  }));
  const onScroll = (offset: number) => {
    const handle = list.current;
    if (handle === null || onNearStart === null || loading.current) return;
    if (handle.findItemIndex(Math.max(0, offset - above)) >= near) return;
    loading.current = true;
    void onNearStart().finally(() => {
      loading.current = false;
    });
  };
  return (
    <Virtualizer ref={list} scrollRef={scroller} data={items} startMargin={above} shift={shift} onScroll={onScroll}>
      {children}
    </Virtualizer>
  );
}

/** Whether items were put before the former first one in this very render: what is seen must then stay where it is. */
function useShift(first: string | undefined, items: readonly Item[]): boolean {
  const [shown, setShown] = useState({ first, shift: false });
  if (shown.first !== first) {
    setShown({ first, shift: shown.first !== undefined && items.some(({ key }) => key === shown.first) });
  }
  useEffect(() => {
    if (!shown.shift) return;
    const frame = requestAnimationFrame(() => setShown((now) => ({ ...now, shift: false })));
    return () => cancelAnimationFrame(frame);
  }, [shown.shift]);
  return shown.shift;
}
