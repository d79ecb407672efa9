import type { components } from "./schema";

type Schemas = components["schemas"];

export type Conversation = Schemas["ConversationObject"];
export type Message = Schemas["MessageObject"];
export type Model = Schemas["ModelObject"];
export type Usage = Schemas["UsageObject"];
export type LedgerEntry = Schemas["LedgerEntryObject"];
export type ErrorBody = Schemas["ErrorBody"];
export type PartialFrame = Schemas["PartialFrame"];
export type DoneFrame = Schemas["DoneFrame"];
export type FailedFrame = Schemas["FailedFrame"];
export type Prompt = Schemas["PromptFields"];
