import type { components } from "@/shared/api/schema";

/** What goes with a question beside its text: further fields of `POST /api/chat`. */
export type Order = Partial<Omit<components["schemas"]["PromptRequest"], "prompt" | "session_id" | "stream">> & {
  attachments?: string[];
};

/** A file that goes with a question, as the page shows it. */
export interface SentFile {
  id: string;
  name: string;
  /** It is one. */
  image?: boolean;
  bytes: number;
  /** As the default model counts them. */
  tokens: number;
}
