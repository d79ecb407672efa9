import { create } from "zustand";
import { eventsOf } from "@/shared/api/event-stream";
import { Failure, asFailure, failureOf, toldFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/shared";
import type { VoteFrame } from "../messages/wire";
import { oncePerFrame } from "../once-per-frame";
import { type Vote, noVote, withFrame } from "./votes";

/** A council that was asked beside the conversation. */
export interface Aside {
  vote: Vote;
  running: boolean;
  failure: Failure | null;
}

/** By the answer that they were asked about. */
export const useAsides = create<{ asides: Readonly<Record<string, Aside>> }>(() => ({ asides: {} }));

const controllers = new Map<string, AbortController>();

/** Asks the council a question that was answered already. Resolves when it has ended, however that was. */
export async function askAside(answer: string, question: string): Promise<void> {
  putAway(answer);
  const controller = new AbortController();
  controllers.set(answer, controller);
  let vote = noVote;
  set(answer, { vote, running: true, failure: null });
  const paint = oncePerFrame(() => change(answer, { vote }));
  try {
    for await (const frame of votes(question, controller.signal)) {
      if (frame.event === "failed") throw toldFailure({ message: frame.error, code: frame.code, requestId: frame.request_id });
      vote = withFrame(vote, frame);
      paint.request();
    }
    if (vote.verdict === null) throw new Failure(texts.failure.endedEarly, null, "ended_early");
  } catch (thrown) {
    if (!controller.signal.aborted) change(answer, { failure: asFailure(thrown) });
  } finally {
    paint.cancel();
    if (controllers.get(answer) === controller) {
      controllers.delete(answer);
      change(answer, { vote, running: false });
    }
  }
}

/** Ends a council's deliberation. What was said stays. */
export function stopAside(answer: string): void {
  controllers.get(answer)?.abort();
}

/** Takes a council off the page, and ends it. */
export function putAway(answer: string): void {
  stopAside(answer);
  controllers.delete(answer);
  set(answer, null);
}

async function* votes(prompt: string, signal: AbortSignal): AsyncGenerator<VoteFrame> {
  const response = await fetch("/vote", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ prompt, stream: true }),
    signal,
  });
  if (!response.ok || response.body === null) {
    throw failureOf(response.status, await response.json().catch(() => null));
  }
  for await (const data of eventsOf(response.body)) yield JSON.parse(data) as VoteFrame;
}

function change(answer: string, changes: Partial<Aside>): void {
  const before = useAsides.getState().asides[answer];
  if (before !== undefined) set(answer, { ...before, ...changes });
}

function set(answer: string, aside: Aside | null): void {
  const others = Object.entries(useAsides.getState().asides).filter(([of]) => of !== answer);
  useAsides.setState({ asides: Object.fromEntries(aside === null ? others : [...others, [answer, aside]]) });
}
