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
  /** Of its text, estimated. */
  tokens: number;
  /** Bytes of its text that are not kept, because it has too many. */
  left_out_bytes: number;
}

/** What would go to the model with a draft, in tokens. */
export interface ContextUse {
  model: string;
  context_length: number;
  /** Instructions, history as far as it fits, files and draft. */
  used_tokens: number;
  /** Counted by the model itself; else estimated from above. */
  exact: boolean;
  /** Kept free for the answer, and for memories. */
  answer_tokens: number;
  memory_tokens: number;
  messages: number;
  omitted_messages: number;
  /** Whether it would be answered: what is longer is refused. */
  fits: boolean;
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
