import { create } from "zustand";
import type { Draft } from "./request";

/** A request that was sent from this page. Its extra headers are not kept: they may hold a key. */
export interface Sent {
  id: string;
  /** In seconds since the epoch. */
  at: number;
  operation: string;
  method: string;
  url: string;
  draft: Draft;
  /** `null` where there was no answer. */
  status: number | null;
  totalMs: number | null;
  bytes: number;
}

const key = "council.explore.history";
const most = 50;
/** Browsers give a page about 5 MB for all it keeps. */
const longestBody = 20_000;

interface History {
  sent: readonly Sent[];
  add: (sent: Omit<Sent, "id">) => void;
  clear: (entries: readonly Sent[]) => void;
  restore: (sent: readonly Sent[]) => void;
}

/** Kept in this browser, the newest first. */
export const useHistory = create<History>((set, get) => ({
  sent: stored(),
  add: (sent) => {
    if (sent.draft.text.length > longestBody) return;
    const entry = { ...sent, id: crypto.randomUUID?.() ?? String(Math.random()), draft: { ...sent.draft, headers: "" } };
    keep([entry, ...get().sent].slice(0, most), set);
  },
  clear: (entries) => keep(get().sent.filter((entry) => !entries.includes(entry)), set),
  restore: (sent) => keep(sent, set),
}));

function keep(sent: readonly Sent[], set: (state: { sent: readonly Sent[] }) => void): void {
  set({ sent });
  try {
    localStorage.setItem(key, JSON.stringify(sent));
  } catch {
    // Full or forbidden: the history then lasts as long as the page.
  }
}

function stored(): readonly Sent[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(read) ? read.filter(isSent) : [];
  } catch {
    return [];
  }
}

function isSent(entry: Partial<Sent> | null): entry is Sent {
  return typeof entry?.id === "string" && typeof entry.operation === "string" && typeof entry.draft?.text === "string";
}
