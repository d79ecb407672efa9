import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

export type Hit = Schemas["HitObject"];
export type ToolRun = Schemas["ToolRun"];
export type VoteFrame = Schemas["VoteFrame"];
export type VoteAnswer = Schemas["VoteAnswer"];
export type CouncilVoice = Schemas["CouncilVoice"];
export type Receipt = Schemas["ReceiptWithFeedback"];
export type SandboxEvent = Schemas["SandboxEvent"];
export type SandboxResult = Schemas["SandboxResult"];
export type SandboxStatus = Schemas["SandboxStatus"];

/** The first frame of a turn: where in the conversation it stands. */
export type Started = Schemas["TurnStarted"];
/** Who is going to answer, and which question. */
export type Decision = Schemas["TurnDecision"];
/** The last frame of a turn. */
export type AnswerDone = Schemas["DoneFrame"];
/** A message as the server keeps it, with its place in the tree of versions. */
export type StoredMessage = Schemas["MessageObject"];
