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
