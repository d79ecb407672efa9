import type { Client } from "openapi-fetch";
import { api } from "@/shared/api/client";
import type { components, paths } from "@/shared/api/schema";

type Schemas = components["schemas"];

/** How a conversation is answered unless a question says otherwise; null: as the server does by itself. */
export type Settings = Required<Schemas["ConversationSettings"]>;
export type Conversation = Schemas["ConversationObject"];
export type Folder = Schemas["Folder"];
/** What a search found, and where. */
export type Hit = Schemas["ConversationHit"];
export type Hits = Schemas["ConversationHits"];

/** A file that a question can be asked about. */
export interface UploadedFile {
  id: string;
  name: string;
  bytes: number;
  kind: string;
  pages?: number | null;
  tokens: number;
  problems: string[];
}

/** What would go to the model with a draft, in tokens. */
export interface ContextUse {
  model: string;
  context_length: number;
  prompt_tokens: number;
  history_tokens: number;
  /** Room that is kept for the answer. */
  answer_tokens: number;
  used_tokens: number;
  messages: number;
  omitted_messages: number;
  /** Counted by the model's own tokenizer; else estimated from above. */
  exact: boolean;
}

interface Draft {
  prompt: string;
  model?: string;
  system?: string;
  attachments?: string[];
  max_tokens?: number;
}

/** What came of an import. */
export interface ImportReport {
  source: string;
  imported: number;
  existing: number;
  failed: number;
  conversations: {
    id?: string | null;
    title: string;
    source_id?: string | null;
    status: string;
    messages: number;
    left_out: string[];
    error?: string | null;
  }[];
}

interface Operation<Query, Body, Answer> {
  parameters: { query?: Query; path?: Record<string, string> };
  requestBody: { content: { "application/json": Body } };
  responses: { 200: { content: { "application/json": Answer } } };
}
interface ChatPaths {
  "/v1/conversations/{id}/context": { post: Operation<never, Draft, ContextUse> };
}

/** The part of the server's API that keeps conversations. */
export const chatApi = api as unknown as Client<Omit<paths, keyof ChatPaths> & ChatPaths>;
