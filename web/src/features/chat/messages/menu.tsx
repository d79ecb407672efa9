import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";

export interface MenuItem {
  name: string;
  run: () => void;
}

interface MenuProps {
  label: string;
  icon: ReactNode;
  items: readonly MenuItem[];
  disabled?: boolean;
}

/** A button that opens a list of things to do. It stands over the page, so that nothing that scrolls cuts it off. */
export function Menu({ label, icon, items, disabled = false }: MenuProps) {
  const id = useId();
  /** The button, while the list is open. */
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const open = anchor !== null;
  const close = useCallback(() => {
    anchor?.focus({ preventScroll: true });
    setAnchor(null);
  }, [anchor]);
  return (
    <>
      <button
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        disabled={disabled}
        onClick={({ currentTarget }) => setAnchor(open ? null : currentTarget)}
        className="action"
      >
        {icon}
      </button>
      {open && <MenuList id={id} label={label} anchor={anchor} items={items} onClose={close} />}
    </>
  );
}

interface MenuListProps {
  id: string;
  label: string;
  anchor: HTMLElement;
  items: readonly MenuItem[];
  onClose: () => void;
}

function MenuList({ id, label, anchor, items, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
    const away = (event: Event) => {
      const inside = event.target instanceof Node && (list.current?.contains(event.target) || anchor.contains(event.target));
      if (!inside) onClose();
    };
    const events = ["pointerdown", "scroll", "resize"] as const;
    for (const event of events) window.addEventListener(event, away, { capture: true });
    return () => {
      for (const event of events) window.removeEventListener(event, away, { capture: true });
    };
  }, [anchor, onClose]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.nativeEvent.stopPropagation();
      onClose();
    } else if (step !== undefined) {
      event.preventDefault();
      const all = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
      const at = all.indexOf(document.activeElement as HTMLElement);
      all[(at + step + all.length) % all.length]?.focus();
    }
  };

  const { left, top, bottom } = anchor.getBoundingClientRect();
  const below = bottom + items.length * 36 + 24 < window.innerHeight;
  const place = {
    left: Math.max(8, Math.min(left, window.innerWidth - 260)),
    ...(below ? { top: bottom + 4 } : { bottom: window.innerHeight - top + 4 }),
  };
  return createPortal(
    <div
      ref={list}
      id={id}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      style={place}
      className="fixed z-40 max-h-[60dvh] w-60 overflow-y-auto rounded-xl border border-line bg-panel p-1 text-sm shadow-lg"
    >
      {items.map(({ name, run }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          onClick={() => {
            onClose();
            run();
          }}
          className="block w-full truncate rounded-lg px-3 py-2 text-left hover:bg-raised focus-visible:bg-raised"
        >
          {name}
        </button>
      ))}
    </div>,
    document.body,
  );
}
