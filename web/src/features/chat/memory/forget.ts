import { create } from "zustand";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";
import { toast, undoable } from "@/shared/ui/toasts";

/** How long a memory that was taken off the page can be had back: as long as the toast that says so is shown. */
const patience = 10_000;

/** What is forgotten, or about to be. */
export const useForgotten = create<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));

/** Those that can still be had back. */
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Forgets a memory after ten seconds. The server forgets for good, so that it is told only then. */
export function forgetSoon(id: string): void {
  if (waiting.has(id)) return;
  mark([id], true);
  waiting.set(id, setTimeout(() => void forgetNow([id]), patience));
  undoable(texts.recall.forgotten, () => {
    clearTimeout(waiting.get(id));
    if (waiting.delete(id)) mark([id], false);
  });
}

/** Forgets at once. What could not be forgotten is shown again. */
export async function forgetNow(ids: readonly string[]): Promise<boolean> {
  for (const id of ids) {
    clearTimeout(waiting.get(id));
    waiting.delete(id);
  }
  mark(ids, true);
  try {
    await dataOf(api.POST("/v1/memory/forget", { body: { ids: [...ids] } }));
    return true;
  } catch (thrown) {
    mark(ids, false);
    toast(asFailure(thrown).message, { tone: "danger" });
    return false;
  }
}

function mark(ids: readonly string[], forgotten: boolean): void {
  const now = new Set(useForgotten.getState().ids);
  for (const id of ids) {
    if (forgotten) now.add(id);
    else now.delete(id);
  }
  useForgotten.setState({ ids: now });
}

// Who leaves the page has not taken it back. The request outlives the page.
window.addEventListener("pagehide", () => {
  const ids = [...waiting.keys()];
  if (ids.length === 0) return;
  for (const timer of waiting.values()) clearTimeout(timer);
  waiting.clear();
  void fetch("/v1/memory/forget", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ids }),
    keepalive: true,
  });
});
