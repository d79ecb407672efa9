import type { components } from "./schema";

type Schemas = components["schemas"];

export type Conversation = Schemas["ConversationObject"];
export type Message = Schemas["MessageObject"];
export type Model = Schemas["ModelObject"];
export type Usage = Schemas["UsageObject"];
export type LedgerEntry = Schemas["LedgerEntryObject"];
export type ErrorBody = Schemas["ErrorBody"];
/** What would leave the machine once the person agrees. */
export type Outgoing = Schemas["Outgoing"];
export type PartialFrame = Schemas["PartialFrame"];
export type DoneFrame = Schemas["DoneFrame"];
export type FailedFrame = Schemas["FailedFrame"];
export type Prompt = Schemas["PromptFields"];
export type System = Schemas["System"];
export type ComponentTimes = Schemas["ComponentTimes"];
export type MetricsHistory = Schemas["MetricsHistory"];
export type Alert = Schemas["Alert"];
export type Receipt = Schemas["Receipt"];
export type ReceiptWithFeedback = Schemas["ReceiptWithFeedback"];
export type RouteDecision = Schemas["RouteDecision"];
export type ReplayRequest = Schemas["ReplayRequest"];
export type ReplayAnswer = Schemas["ReplayAnswer"];
export type Calibration = Schemas["CalibrationObject"];
export type Budget = Schemas["BudgetAnswer"];
export type Setting = Schemas["SettingObject"];
export type AuditEntry = Schemas["AuditEntryObject"];
export type CatalogModel = Schemas["CatalogModelObject"];
export type Machine = Schemas["MachineObject"];
export type Pull = Schemas["PullObject"];
export type Benchmark = Schemas["BenchmarkObject"];
export type Provider = Schemas["ProviderObject"];
export type Egress = Schemas["PageObject_EgressObject"]["data"][number];
export type EgressTotal = Schemas["EgressTotalObject"];
export type SandboxStatus = Schemas["SandboxStatus"];
export type SelfTest = Schemas["SelfTest"];
export type ModelEvent = Schemas["ModelEventObject"];
