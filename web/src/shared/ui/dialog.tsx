import { type ReactNode, useEffect, useId, useRef } from "react";
import { texts } from "@/shared/i18n/shared";
import { IconButton } from "./icon-button";
import { CloseIcon } from "./icons";

const places = {
  centre: "m-auto max-h-[min(85dvh,48rem)] w-[min(36rem,calc(100vw-2rem))] rounded-2xl border",
  left: "mr-auto h-dvh max-h-none w-[min(20rem,85vw)] border-r",
  right: "ml-auto h-dvh max-h-none w-[min(44rem,100vw)] border-l",
} as const;

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  /** In the middle, or a drawer at a side. */
  place?: keyof typeof places;
  /** The last line, such as buttons. */
  footer?: ReactNode;
  children: ReactNode;
}

/** Over the page, which waits: the browser's own dialog brings the focus trap and Esc. Its content exists while it is open. */
export function Dialog({ title, open, onClose, place = "centre", footer, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  useEffect(() => {
    const element = dialog.current;
    // A click on the backdrop has the dialog itself as its target.
    const onClick = (event: MouseEvent) => event.target === element && element?.close();
    element?.addEventListener("click", onClick);
    return () => element?.removeEventListener("click", onClick);
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className={`dialog m-0 border-line bg-panel text-ink ${places[place]}`}
    >
      {open && (
        <div className="flex h-full max-h-[inherit] flex-col">
          <header className="flex h-14 shrink-0 items-center justify-between gap-4 pr-2 pl-5">
            <h2 id={id} className="min-w-0 truncate font-semibold">{title}</h2>
            <IconButton label={texts.app.close} onClick={onClose}>
              <CloseIcon />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer && (
            <footer className="flex shrink-0 flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>
          )}
        </div>
      )}
    </dialog>
  );
}
