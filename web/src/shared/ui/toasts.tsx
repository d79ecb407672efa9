import { useEffect } from "react";
import { create } from "zustand";
import { texts } from "@/shared/i18n/shared";
import { IconButton } from "./icon-button";
import { CloseIcon } from "./icons";

interface Toast {
  id: number;
  text: string;
  tone: "neutral" | "danger";
  /** What can be done about it while it is shown, such as taking it back. */
  action?: { label: string; run: () => void } | undefined;
  /** In milliseconds. */
  lasts: number;
}

export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));
let latest = 0;

/** Says something at the edge of the page for a while. What needs no answer, and nothing that must not be missed. */
export function toast(text: string, more: Partial<Pick<Toast, "tone" | "action" | "lasts">> = {}): void {
  const made: Toast = { id: ++latest, text, tone: "neutral", lasts: more.action ? 10_000 : 5_000, ...more };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), made] }));
}

/** What can be taken back for ten seconds. */
export function undoable(text: string, undo: () => void): void {
  toast(text, { action: { label: texts.app.undo, run: undo } });
}

function dismiss(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((shown) => shown.id !== id) }));
}

/** Where they appear; once in the app. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-3 bottom-24 z-50 flex flex-col items-center gap-2 md:right-5 md:bottom-5 md:left-auto md:items-end"
    >
      {toasts.map((shown) => <Shown key={shown.id} shown={shown} />)}
    </div>
  );
}

function Shown({ shown }: { shown: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(shown.id), shown.lasts);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div className="pointer-events-auto flex max-w-[28rem] items-center gap-2 rounded-xl border border-line bg-panel py-1 pr-1 pl-4 text-sm shadow-lg">
      <span className={shown.tone === "danger" ? "text-danger" : ""}>{shown.text}</span>
      {shown.action && (
        <button
          type="button"
          onClick={() => {
            shown.action?.run();
            dismiss(shown.id);
          }}
          className="rounded-lg px-2.5 py-1.5 font-medium text-accent hover:bg-raised"
        >
          {shown.action.label}
        </button>
      )}
      <IconButton label={texts.app.close} onClick={() => dismiss(shown.id)}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
