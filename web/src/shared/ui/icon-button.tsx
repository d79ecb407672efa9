import type { ReactNode } from "react";

interface IconButtonProps {
  label: string;
  onClick: () => void;
  children: ReactNode;
}

/** A button that shows only a picture; its label is its name and its tooltip. Large enough for a thumb. */
export function IconButton({ label, onClick, children }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="grid size-10 shrink-0 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink"
    >
      {children}
    </button>
  );
}
