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
export type Setting = Schemas["SettingObject"];
export type AuditEntry = Schemas["AuditEntryObject"];
export type CatalogModel = Schemas["CatalogModelObject"];
export type Machine = Schemas["MachineObject"];
export type Pull = Schemas["PullObject"];
export type Benchmark = Schemas["BenchmarkObject"];
export type Provider = Schemas["ProviderObject"];
export type Egress = Schemas["EgressObject"];
export type SandboxStatus = Schemas["SandboxStatus"];
export type SelfTest = Schemas["SelfTest"];
export type ModelEvent = Schemas["ModelEventObject"];
