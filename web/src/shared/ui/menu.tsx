import { type KeyboardEvent, type ReactNode, useState } from "react";
import { MenuList } from "./menu-list";

export interface MenuItem {
  label: string;
  onSelect: () => void;
  /** What hurts or cannot be taken back. */
  danger?: boolean;
  /** A line above it: another kind of thing begins. */
  begins?: boolean;
  /** One of several, of which it is the chosen one or not. */
  checked?: boolean;
}

interface MenuButtonProps {
  /** What the button is called; its tooltip too. */
  label: string;
  items: readonly MenuItem[];
  children: ReactNode;
  className?: string;
  disabled?: boolean;
}

/** A button that opens a short list of things to do. By keyboard: arrows, Home, End, first letters, Esc. */
export function MenuButton({ label, items, children, className = "", disabled = false }: MenuButtonProps) {
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState<"first" | "last" | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(event.key === "ArrowDown" ? "first" : "last");
  };
  return (
    <>
      <button
        ref={setButton}
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open !== null}
        disabled={disabled}
        onClick={() => setOpen(open === null ? "first" : null)}
        onKeyDown={onKeyDown}
        className={className}
      >
        {children}
      </button>
      {open !== null && button !== null && (
        <MenuList
          label={label}
          items={items}
          anchor={button}
          from={open}
          onClose={(refocus) => {
            setOpen(null);
            if (refocus) button.focus();
          }}
        />
      )}
    </>
  );
}
