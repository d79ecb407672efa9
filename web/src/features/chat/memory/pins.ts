import { create } from "zustand";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { toast } from "@/shared/ui/toasts";

/** Memories that were pinned or unpinned in this tab, since they were recalled. */
export const usePins = create<{ pins: Readonly<Record<string, boolean>> }>(() => ({ pins: {} }));

/** Keeps a memory in mind above others, or no longer. Shown at once, and taken back where that fails. */
export async function pin(id: string, pinned: boolean): Promise<void> {
  set(id, pinned);
  try {
    await dataOf(api.PATCH("/v1/memory/{id}", { params: { path: { id } }, body: { pinned } }));
  } catch (thrown) {
    set(id, !pinned);
    toast(asFailure(thrown).message, { tone: "danger" });
  }
}

function set(id: string, pinned: boolean): void {
  usePins.setState(({ pins }) => ({ pins: { ...pins, [id]: pinned } }));
}
