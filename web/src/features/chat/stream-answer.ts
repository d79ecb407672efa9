import { streamEventsOf } from "@/shared/api/event-stream";
import { Failure, failureOf, toldFailure } from "@/shared/api/failure";
import type { FailedFrame, PartialFrame, Prompt } from "@/shared/api/types";
import { texts } from "@/shared/i18n/shared";
import type { Order, SentFile } from "./composer/order";
import { connectAgain } from "./messages/connect-again";
import type { AnswerDone, Decision, Hit, Started, ToolRun, VoteFrame } from "./messages/wire";

export interface Question {
  conversation: string;
  /** Empty where an answer is made anew. */
  prompt: string;
  /** `null`: the server's default. */
  model: string | null;
  /** What else is asked for. */
  more?: Order;
  /** What goes with it. */
  files?: readonly Pick<SentFile, "id" | "name" | "image">[];
  /** The message that it is put after, 0 for the beginning; absent: the last one. */
  parentId?: number;
  /** The answer, or the question, that is to be answered anew. */
  regenerate?: number;
}

/** What the server says while it answers, in order: `accepted`, any number of others, one `done`. */
export type AnswerEvent =
  | { type: "accepted"; requestId: string | null }
  | { type: "started"; started: Started }
  | { type: "decision"; decision: Decision }
  | { type: "memories"; memories: Hit[] }
  | { type: "tool"; run: ToolRun }
  | { type: "vote"; vote: VoteFrame }
  | { type: "text"; text: string }
  /** Whether the connection has gone, so that the answer goes on unseen. */
  | { type: "away"; away: boolean }
  | { type: "done"; frame: AnswerDone };

type AnyFrame =
  | AnswerDone
  | FailedFrame
  | (PartialFrame & {
      started?: Started;
      decision?: Decision;
      memories?: Hit[];
      tool_run?: ToolRun;
      vote?: VoteFrame;
    });

/**
 * Asks and yields the answer as it is made. The turn does not depend on the connection: where that breaks, it is taken
 * up again after the last event that came. Throws a `Failure` where the server tells of one, and where the stream
 * cannot be taken up again.
 */
export async function* streamAnswer(question: Question, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
  const { conversation, prompt, model, more, parentId, regenerate } = question;
  const body: Order & Prompt = {
    ...more,
    session_id: conversation,
    stream: true,
    detached: true,
    ...(regenerate === undefined ? { prompt } : { regenerate }),
    ...(parentId !== undefined && { parent_id: parentId }),
    ...(model !== null && { model }),
  };
  const response = await fetch("/api/chat", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || response.body === null) {
    throw failureOf(response.status, await response.json().catch(() => null));
  }
  const requestId = response.headers.get("x-request-id");
  yield { type: "accepted", requestId };
  yield* follow(response.body, requestId, signal);
}

/** A turn that is going on already, from its first event. */
export async function* joinAnswer(requestId: string, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
  yield { type: "accepted", requestId };
  yield* follow(await connectAgain(requestId, null, signal), requestId, signal);
}

async function* follow(
  first: ReadableStream<Uint8Array>,
  requestId: string | null,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  let body = first;
  let last: string | null = null;
  for (;;) {
    try {
      for await (const { id, data } of streamEventsOf(body)) {
        const frame = JSON.parse(data) as AnyFrame;
        last = id ?? last;
        if ("error" in frame) throw toldFailure({ message: frame.error, code: frame.code, requestId: frame.request_id, outgoing: frame.outgoing });
        yield eventOf(frame);
        if ("done" in frame) return;
      }
    } catch (thrown) {
      if (thrown instanceof Failure || signal.aborted) throw thrown;
    }
    // A stream without ids is one that cannot be taken up again.
    if (last === null || requestId === null) throw new Failure(texts.failure.endedEarly, null, "ended_early");
    yield { type: "away", away: true };
    body = await connectAgain(requestId, last, signal);
    yield { type: "away", away: false };
  }
}

function eventOf(frame: Exclude<AnyFrame, FailedFrame>): AnswerEvent {
  if ("done" in frame) return { type: "done", frame };
  const { started, decision, memories, tool_run: run, vote } = frame;
  if (started) return { type: "started", started };
  if (decision) return { type: "decision", decision };
  if (memories) return { type: "memories", memories };
  if (run) return { type: "tool", run };
  if (vote) return { type: "vote", vote };
  return { type: "text", text: frame.text };
}
