import { type RefObject, useEffect, useRef, useSyncExternalStore } from "react";
import type { ListHandle } from "./item-list";
import type { Item } from "./thread";

interface TargetOptions {
  items: readonly Item[];
  list: RefObject<ListHandle | null>;
  /** How many stored messages are not loaded. */
  earlier: number;
  onEarlier: () => Promise<unknown>;
  /** Switches to the branch that a message is on. */
  onElsewhere: (message: number) => void;
  /** Lets go of the end of the list. */
  release: () => void;
}

/** Opens the message that the address names, as `#57`, wherever it is; returns the key of the item that has it. */
export function useTarget({ items, list, earlier, onEarlier, onElsewhere, release }: TargetOptions): string | null {
  const target = useSyncExternalStore(subscribe, () => window.location.hash);
  const wanted = /^#\d+$/.test(target) ? Number(target.slice(1)) : null;
  /** What was shown, and what was looked for on another branch: each is done once. */
  const done = useRef<{ shown: number | null; elsewhere: number | null }>({ shown: null, elsewhere: null });
  const at = wanted === null ? -1 : items.findIndex(({ ids }) => ids.includes(wanted));
  useEffect(() => {
    if (wanted === null || items.length === 0 || done.current.shown === wanted) return;
    if (at !== -1) {
      done.current.shown = wanted;
      release();
      // After the list has taken in what was put before its first item, and jumped to its end as it does when opened.
      requestAnimationFrame(() => requestAnimationFrame(() => list.current?.show(at)));
    } else if (earlier > 0) {
      void onEarlier();
    } else if (done.current.elsewhere !== wanted) {
      done.current.elsewhere = wanted;
      onElsewhere(wanted);
    }
  }, [wanted, items, at, earlier, list, onEarlier, onElsewhere, release]);
  return items[at]?.key ?? null;
}

/** The router tells of its own navigation by events of these names. */
const events = ["hashchange", "popstate", "pushState", "replaceState"];

function subscribe(onChange: () => void): () => void {
  for (const event of events) window.addEventListener(event, onChange);
  return () => {
    for (const event of events) window.removeEventListener(event, onChange);
  };
}
