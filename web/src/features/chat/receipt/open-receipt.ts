import { create } from "zustand";
import type { AnswerItem } from "../messages/thread";

/** Whose receipt is shown; `null`: nobody's. */
export const useOpenReceipt = create<{ item: AnswerItem | null }>(() => ({ item: null }));

export function openReceipt(item: AnswerItem | null): void {
  useOpenReceipt.setState({ item });
}
