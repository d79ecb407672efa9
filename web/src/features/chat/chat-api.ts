import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

/** How a conversation is answered unless a question says otherwise; null: as the server does by itself. */
export type Settings = Required<Schemas["ConversationSettings"]>;
export type Conversation = Schemas["ConversationObject"];
export type Folder = Schemas["Folder"];
/** What a search found, and where. */
export type Hit = Schemas["ConversationHit"];
export type Hits = Schemas["ConversationHits"];

/** A file that a question can be asked about. */
export type UploadedFile = Schemas["Attachment"];
/** What would go to the model with a draft, in tokens. */
export type ContextUse = Schemas["ContextUse"];

/** What came of an import. */
export type ImportReport = Schemas["ConversationImport"];
