import { asFailure, failureOf } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";
import { toast } from "@/shared/ui/toasts";
import type { Conversation } from "../chat-api";

/** In which forms a conversation can be taken away. */
export const exportFormats = (["md", "json", "html"] as const).map((format) => ({
  format,
  name: texts.transfer.formats[format],
}));
export type ExportFormat = (typeof exportFormats)[number]["format"];

/** Saves one conversation as a file. */
export function saveConversation({ id }: Pick<Conversation, "id">, format: ExportFormat): Promise<void> {
  return save(`/v1/conversations/${encodeURIComponent(id)}/export?format=${format}`, `conversation.${format}`);
}

/** Saves all of them as one file of JSON, from which they can be imported again. */
export function saveAll(): Promise<void> {
  return save("/v1/conversations/export", "conversations.json");
}

/** Fetched and not just linked to, so that a failure is told and not saved. */
async function save(address: string, otherwise: string): Promise<void> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw failureOf(response.status, await response.json().catch(() => null));
    const name = nameIn(response.headers.get("content-disposition")) ?? otherwise;
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    // Some browsers read it only after this has returned.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    toast(texts.transfer.saved(name));
  } catch (thrown) {
    toast(asFailure(thrown).message, { tone: "danger" });
  }
}

/** The file's name as the server gives it; RFC 6266, the form for any characters first. */
export function nameIn(disposition: string | null): string | null {
  const any = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (any !== undefined) return decodeURIComponent(any);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1] ?? null;
}
