import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";
import { toast, undoable } from "@/shared/ui/toasts";
import { drop } from "./queries";

/** How long a deletion can be taken back, in milliseconds. */
const grace = 10_000;

/** Conversations that are about to be deleted: no list shows them any more. */
export const useDoomed = create<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));

const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Deletes a conversation when it can no longer be taken back. `onUndo`: the person has done that. */
export function deleteLater(client: QueryClient, id: string, onUndo: () => void): void {
  mark(id, true);
  timers.set(id, setTimeout(() => void remove(client, id), grace));
  undoable(texts.history.deleted, () => {
    if (!timers.has(id)) return;
    clearTimeout(timers.get(id));
    timers.delete(id);
    mark(id, false);
    onUndo();
  });
}

async function remove(client: QueryClient, id: string): Promise<void> {
  timers.delete(id);
  try {
    await dataOf(api.DELETE("/v1/conversations/{id}", { params: { path: { id } } }));
    drop(client, id);
  } catch (thrown) {
    toast(asFailure(thrown).message, { tone: "danger" });
  } finally {
    mark(id, false);
  }
}

function mark(id: string, doomed: boolean): void {
  useDoomed.setState(({ ids }) => {
    const changed = new Set(ids);
    if (doomed) changed.add(id);
    else changed.delete(id);
    return { ids: changed };
  });
}

// A page that goes away can no longer take it back: what was deleted on it is deleted.
window.addEventListener("pagehide", () => {
  for (const [id, timer] of timers) {
    clearTimeout(timer);
    void fetch(`/v1/conversations/${encodeURIComponent(id)}`, { method: "DELETE", keepalive: true });
  }
  timers.clear();
});
