import { eventsOf } from "@/shared/api/event-stream";
import { Failure, failureOf } from "@/shared/api/failure";
import type { DoneFrame, FailedFrame, PartialFrame, Prompt } from "@/shared/api/types";
import { texts } from "@/shared/i18n/shared";

export interface Question {
  conversation: string;
  prompt: string;
  /** `null`: the server's default. */
  model: string | null;
}

/** What the server says while it answers, in order: `accepted`, any number of `text`, one `done`. */
export type AnswerEvent =
  | { type: "accepted"; requestId: string | null }
  | { type: "text"; text: string }
  | { type: "done"; frame: DoneFrame };

/**
 * Asks and yields the answer as it is made. Throws a `Failure` where the server tells of one, and where its stream
 * ends without saying `done`. Aborting throws what `fetch` throws, and cancels the answer in the server.
 */
export async function* streamAnswer(question: Question, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
  const body: Prompt = {
    prompt: question.prompt,
    session_id: question.conversation,
    stream: true,
    ...(question.model !== null && { model: question.model }),
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
  yield { type: "accepted", requestId: response.headers.get("x-request-id") };
  for await (const data of eventsOf(response.body)) {
    const frame = JSON.parse(data) as PartialFrame | DoneFrame | FailedFrame;
    if ("error" in frame) throw new Failure(frame.error, null, frame.code, frame.request_id);
    if ("done" in frame) {
      yield { type: "done", frame };
      return;
    }
    yield { type: "text", text: frame.text };
  }
  throw new Failure(texts.failure.endedEarly, null, "ended_early");
}
