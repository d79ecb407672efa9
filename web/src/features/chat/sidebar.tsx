import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { texts } from "@/shared/lib/texts";
import { IconButton } from "@/shared/ui/icon-button";
import { CloseIcon, Mark, NewIcon } from "@/shared/ui/icons";
import { History } from "./history";

/** The conversations beside the chat, where there is room for both. */
export function Sidebar({ current }: { current: string | null }) {
  return (
    <aside className="hidden w-66 shrink-0 flex-col border-r border-line bg-panel md:flex">
      <div className="flex h-14 items-center gap-2 px-5 font-semibold">
        <Mark />
        {texts.app.name}
      </div>
      <NewChat />
      <History current={current} />
    </aside>
  );
}

interface DrawerProps {
  current: string | null;
  open: boolean;
  onClose: () => void;
}

/** The same on a phone: a dialog over the chat, which brings the focus trap and Esc with it. */
export function Drawer({ current, open, onClose }: DrawerProps) {
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
      aria-label={texts.history.label}
      onClose={onClose}
      className="drawer m-0 h-dvh max-h-none w-[min(20rem,85vw)] border-r border-line bg-panel text-ink"
    >
      {open && (
        <div className="flex h-full flex-col">
          <div className="flex h-14 items-center justify-between pr-2 pl-5 font-semibold">
            {texts.app.name}
            <IconButton label={texts.history.close} onClick={onClose}>
              <CloseIcon />
            </IconButton>
          </div>
          <NewChat onChoose={onClose} />
          <History current={current} onChoose={onClose} />
        </div>
      )}
    </dialog>
  );
}

function NewChat({ onChoose }: { onChoose?: () => void }) {
  return (
    <Link
      href="/chat"
      onClick={onChoose}
      className="mx-3 mb-4 flex items-center gap-2 rounded-lg border border-line px-3 py-2 text-sm font-medium hover:bg-raised"
    >
      <NewIcon />
      {texts.history.fresh}
    </Link>
  );
}
