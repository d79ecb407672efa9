import { formatAge } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import type { Conversation } from "../chat-api";

/** A line of the list. */
export type Row = { kind: "heading"; text: string } | { kind: "conversation"; conversation: Conversation };

/** Pinned ones first, then the others under headings that say how long ago. */
export function rowsOf(pinned: readonly Conversation[], others: readonly Conversation[], now: Date): Row[] {
  const rows: Row[] = [];
  const shown = new Set<string>();
  let heading = "";
  const add = (conversation: Conversation, under: string) => {
    // Two pages can overlap when a conversation moved up between them.
    if (shown.has(conversation.id)) return;
    shown.add(conversation.id);
    if (under !== heading) rows.push({ kind: "heading", text: under });
    heading = under;
    rows.push({ kind: "conversation", conversation });
  };
  for (const conversation of pinned) add(conversation, texts.history.pinned);
  for (const conversation of others) add(conversation, formatAge(conversation.updated_at, now));
  return rows;
}
