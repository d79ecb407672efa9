import type { DoneFrame, Message } from "@/shared/api/types";
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
export interface Started {
  request_id: string;
  session_id?: string | null;
  /** The stored question; `null` where nothing is stored. */
  question_id?: number | null;
  parent_id?: number | null;
  /** Whether it answers a question anew. */
  regenerate: boolean;
}

/** Who is going to answer. */
export interface Decision {
  model: string;
  skill_type: string;
  reason: string;
  omitted_messages: number;
  locality: string;
}

/** The last frame of a turn. */
export type AnswerDone = DoneFrame;

/** A message as the server keeps it, with its place in the tree of versions. */
export type StoredMessage = Message;
