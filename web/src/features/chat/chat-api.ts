import type { Client } from "openapi-fetch";
import { api } from "@/shared/api/client";
import type { components, paths } from "@/shared/api/schema";

type Schemas = components["schemas"];

/** How a conversation is answered unless a question says otherwise; null: as the server does by itself. */
export interface Settings {
  model: string | null;
  /** Instructions that stand before everything. */
  system: string | null;
  temperature: number | null;
  top_p: number | null;
  max_tokens: number | null;
  seed: number | null;
}

/** A conversation as the list has it. */
export type Conversation = Schemas["ConversationObject"];

export interface Folder {
  name: string;
  conversations: number;
}

/** What a search found, and where. */
export interface Hit {
  conversation: Conversation;
  message_id: number | null;
  role: string | null;
  created_at: number;
  snippet: string;
  /** Where the words stand in the snippet: from and to, in UTF-16 units. */
  marks: number[][];
  by: "words" | "meaning" | "title";
}

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

interface ConversationChanges {
  title?: string;
  pinned?: boolean;
  archived?: boolean;
  folder?: string;
  settings?: Partial<Settings>;
}

interface Operation<Query, Body, Answer> {
  parameters: { query?: Query; path?: Record<string, string> };
  requestBody: { content: { "application/json": Body } };
  responses: { 200: { content: { "application/json": Answer } } };
}
interface Reading<Query, Answer> {
  parameters: { query?: Query; path?: Record<string, string> };
  responses: { 200: { content: { "application/json": Answer } } };
}

interface ConversationPage {
  data: Conversation[];
  has_more: boolean;
  next?: string | null;
}

interface ChatPaths {
  "/v1/conversations": {
    get: Reading<{ limit?: number; after?: string; pinned?: boolean; folder?: string }, ConversationPage>;
  };
  "/v1/conversations/folders": { get: Reading<never, { data: Folder[] }> };
  "/v1/conversations/{id}": {
    get: Reading<never, Conversation>;
    patch: Operation<never, ConversationChanges, Conversation>;
    delete: Reading<never, unknown>;
  };
  "/v1/conversations/{id}/context": { post: Operation<never, Draft, ContextUse> };
  "/v1/conversations/search": {
    post: Operation<
      never,
      { query: string; limit?: number; folder?: string },
      { data: Hit[]; took_ms: number; problems: string[] }
    >;
  };
}

/** The part of the server's API that keeps conversations. */
export const chatApi = api as unknown as Client<Omit<paths, keyof ChatPaths> & ChatPaths>;
