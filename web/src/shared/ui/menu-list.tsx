import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { CheckIcon } from "./icons";
import type { MenuItem } from "./menu";

interface MenuListProps {
  label: string;
  items: readonly MenuItem[];
  /** What it opens beside. */
  anchor: HTMLElement;
  /** Which item has the focus at first. */
  from: "first" | "last";
  /** `refocus`: the keyboard goes back to where it was. */
  onClose: (refocus: boolean) => void;
}

/** The open menu. It stands at the end of the page, or of the dialog it was opened in, so that nothing cuts it off. */
export function MenuList({ label, items, anchor, from, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState({ left: 0, top: 0 });

  useLayoutEffect(() => {
    const menu = list.current;
    if (menu === null) return;
    const { left, right, top, bottom } = anchor.getBoundingClientRect();
    const below = bottom + 4 + menu.offsetHeight <= window.innerHeight;
    setAt({
      left: Math.max(8, Math.min(left, window.innerWidth - menu.offsetWidth - 8, right)),
      top: below ? bottom + 4 : Math.max(8, top - 4 - menu.offsetHeight),
    });
    const entries = entriesOf(menu);
    entries.at(from === "first" ? 0 : -1)?.focus({ preventScroll: true });
  }, [anchor, from]);

  useEffect(() => {
    const elsewhere = (event: Event) => {
      const within = event.target as Node;
      // It does not move along with what scrolls below it; what scrolls elsewhere is nothing to it.
      if (event.type === "scroll" && !within.contains(anchor)) return;
      if (list.current?.contains(within) || anchor.contains(within)) return;
      onClose(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("scroll", elsewhere, true);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("scroll", elsewhere, true);
    };
  }, [anchor, onClose]);

  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of an open menu mean nothing else on the page, such as Esc that stops an answer.
    event.stopPropagation();
    if (event.key === "Tab") return onClose(true);
    if (event.key === "Escape") {
      event.preventDefault();
      return onClose(true);
    }
    const next = list.current && target(event.key, entriesOf(list.current));
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return createPortal(
    <div
      ref={list}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      style={at}
      className="fixed z-50 max-h-[80dvh] min-w-44 overflow-y-auto rounded-xl border border-line bg-panel p-1 shadow-lg"
    >
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.checked}
          tabIndex={-1}
          onClick={() => {
            onClose(true);
            item.onSelect();
          }}
          className={`flex w-full items-center justify-between gap-4 rounded-lg px-3 py-1.5 text-left text-sm hover:bg-raised focus-visible:-outline-offset-2 ${item.danger ? "text-danger" : "text-ink"} ${item.begins ? "menu-begins" : ""}`}
        >
          <span className="truncate">{item.label}</span>
          {item.checked && <CheckIcon />}
        </button>
      ))}
    </div>,
    anchor.closest("dialog") ?? document.body,
  );
}

function entriesOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
}

/** Where a key leads: the next or the last one, or the next that begins with a letter. */
function target(key: string, entries: HTMLElement[]): HTMLElement | undefined {
  const now = entries.indexOf(document.activeElement as HTMLElement);
  if (key === "ArrowDown") return entries[(now + 1) % entries.length];
  if (key === "ArrowUp") return entries.at(now - 1);
  if (key === "Home") return entries[0];
  if (key === "End") return entries.at(-1);
  if (key.length !== 1 || key === " ") return undefined;
  const after = [...entries.slice(now + 1), ...entries.slice(0, now + 1)];
  return after.find((entry) => entry.textContent?.toLowerCase().startsWith(key.toLowerCase()));
}
