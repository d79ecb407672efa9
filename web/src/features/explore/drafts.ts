import { create } from "zustand";
import type { Draft, Files } from "./request";

interface Drafts {
  /** By operation, as long as the page is open. */
  drafts: Readonly<Record<string, Draft>>;
  files: Readonly<Record<string, Files>>;
  /** Counts replacements, after which a form shows itself anew. */
  revision: number;
  /** The operation whose draft is to be sent as soon as it is shown. */
  toSend: string | null;
  edit: (operation: string, draft: Draft) => void;
  /** Puts another draft in the place of this one, and sends it if so said. */
  replace: (operation: string, draft: Draft, sendIt?: boolean) => void;
  choose: (operation: string, files: Files) => void;
  taken: () => void;
}

/** What was written for each route, so that looking at another loses nothing. */
export const useDrafts = create<Drafts>((set) => ({
  drafts: {},
  files: {},
  revision: 0,
  toSend: null,
  edit: (operation, draft) => set(({ drafts }) => ({ drafts: { ...drafts, [operation]: draft } })),
  replace: (operation, draft, sendIt = false) =>
    set(({ drafts, revision }) => ({
      drafts: { ...drafts, [operation]: draft },
      revision: revision + 1,
      toSend: sendIt ? operation : null,
    })),
  choose: (operation, files) => set((state) => ({ files: { ...state.files, [operation]: files } })),
  taken: () => set({ toSend: null }),
}));
