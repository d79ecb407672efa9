import { create } from "zustand";
import { type Failure, asFailure } from "@/shared/api/failure";
import { type Vote, noVote, withFrame } from "./council/votes";
import { stopOnServer, stopUnseen } from "./messages/stop-turn";
import type { AnswerDone, Decision, Hit, Started, ToolRun } from "./messages/wire";
import { oncePerFrame } from "./once-per-frame";
import { type AnswerEvent, type Question, joinAnswer, streamAnswer } from "./stream-answer";

/** A question that was asked in this tab, and what came of it. */
export interface Turn extends Progress {
  /** Counts the turns of this tab. */
  id: number;
  question: Question;
  /** Whether its conversation began with it. */
  begins: boolean;
  /** Whether it was going on already when this page was opened: the server has its question. */
  joined: boolean;
  /** Whether it had ended by then, so that it was never shown while it was made. */
  recollected: boolean;
  status: "waiting" | "streaming" | "done" | "stopped" | "failed";
  /** The server's own id of the request: by it the turn is found again among the stored messages. */
  requestId: string | null;
  failure: Failure | null;
  /** Whether the stored messages tell of it, so that it is shown as one of them. */
  settled: boolean;
}

/** What the server has told so far. */
export interface Progress {
  /** As far as it has come. */
  answer: string;
  started: Started | null;
  decision: Decision | null;
  /** What was recalled for it; `null` where nothing was. */
  memories: readonly Hit[] | null;
  runs: readonly ToolRun[];
  /** What the council says, where it was asked. */
  vote: Vote | null;
  /** Whether the connection is gone at present; the answer goes on in the server. */
  away: boolean;
  /** What the server measured. */
  done: AnswerDone | null;
}

const nothingYet: Progress = {
  answer: "",
  started: null,
  decision: null,
  memories: null,
  runs: [],
  vote: null,
  away: false,
  done: null,
};

interface Turns {
  /** By conversation, oldest first. They outlive the page, so that an answer goes on while another is read. */
  turns: Readonly<Record<string, readonly Turn[]>>;
}

export const useTurns = create<Turns>(() => ({ turns: {} }));

const noTurns: readonly Turn[] = [];

/** The turns of one conversation. */
export function useTurnsOf(conversation: string): readonly Turn[] {
  return useTurns((state) => state.turns[conversation] ?? noTurns);
}

/** The same, for those who are no component. */
export function turnsOf(conversation: string): readonly Turn[] {
  return useTurns.getState().turns[conversation] ?? noTurns;
}

/** Whether it was stopped before the server had its question, of which nothing is stored then. */
export function isUnsent({ status, requestId, joined: wasJoined, question }: Turn): boolean {
  return status === "stopped" && requestId === null && !wasJoined && question.regenerate === undefined;
}

/** Whether this turn's answer is still to come. */
export function isRunning(turn: Turn | undefined): boolean {
  return turn?.status === "waiting" || turn?.status === "streaming";
}

interface Job {
  controller: AbortController;
  onChange: OnChange;
}

const running = new Map<number, Job>();
let latestId = 0;

/** Called when a turn was accepted and when it ended: what the server keeps has changed. */
export type OnChange = (turn: Turn, moment: "accepted" | "ended") => void;

/**
 * Asks, and fills the turn in as the answer comes. Resolves when it has ended, however that was. `there` resolves when
 * the conversation is ready for it.
 */
export function ask(
  question: Question,
  begins: boolean,
  onChange: OnChange,
  there: Promise<void> = Promise.resolve(),
): Promise<void> {
  async function* events(signal: AbortSignal) {
    await there;
    yield* streamAnswer(question, signal);
  }
  return run(newTurn(question, begins, false), events, onChange);
}

/** Shows a turn that goes on in the server, such as before this page was loaded again. */
export function join(conversation: string, requestId: string, onChange: OnChange): Promise<void> {
  const question: Question = { conversation, prompt: "", model: null };
  return run(newTurn(question, false, true), (signal) => joinAnswer(requestId, signal), onChange);
}

/**
 * Hears a turn again that has ended: what its messages do not tell, such as what was recalled, or how the council
 * voted. Nothing is shown where the server has it no more.
 */
export async function recollect(conversation: string, requestId: string): Promise<void> {
  const turn = newTurn({ conversation, prompt: "", model: null }, false, true);
  let progress: Progress = nothingYet;
  try {
    for await (const event of joinAnswer(requestId, new AbortController().signal)) {
      if (event.type === "done") progress = { ...progress, done: event.frame };
      else if (event.type !== "accepted") progress = after(progress, event);
    }
  } catch {
    return;
  }
  const status = progress.done?.finish === "stopped" ? "stopped" : "done";
  const told: Turn = { ...turn, ...progress, requestId, status, recollected: true, settled: true };
  // Before those that are shown: the last one tells whether an answer is being made.
  update(conversation, (turns) => (turns.some((known) => known.requestId === requestId) ? turns : [told, ...turns]));
}

async function run(
  turn: Turn,
  events: (signal: AbortSignal) => AsyncGenerator<AnswerEvent>,
  onChange: OnChange,
): Promise<void> {
  const controller = new AbortController();
  running.set(turn.id, { controller, onChange });
  update(turn.question.conversation, (turns) => [...turns, turn]);
  let progress: Progress = nothingYet;
  const stopped = () => find(turn)?.status === "stopped";
  const paint = oncePerFrame(() => {
    if (!stopped()) change(turn, { ...progress, status: progress.answer === "" ? "waiting" : "streaming" });
  });
  try {
    for await (const event of events(controller.signal)) {
      if (event.type === "accepted") {
        notify(change(turn, { requestId: event.requestId }), "accepted", onChange);
      } else if (event.type === "done") {
        progress = { ...progress, done: event.frame };
        const ended = event.frame.finish === "stopped" || stopped() ? "stopped" : "done";
        change(turn, { requestId: event.frame.request_id, status: ended });
      } else {
        progress = after(progress, event);
        paint.request();
      }
    }
  } catch (thrown) {
    if (controller.signal.aborted || stopped()) change(turn, { status: "stopped" });
    else change(turn, { status: "failed", failure: asFailure(thrown) });
  } finally {
    paint.cancel();
    running.delete(turn.id);
    notify(change(turn, { ...progress, away: false }), "ended", onChange);
  }
}

function after(progress: Progress, event: Exclude<AnswerEvent, { type: "accepted" | "done" }>): Progress {
  switch (event.type) {
    case "text":
      return { ...progress, answer: progress.answer + event.text };
    case "started":
      return { ...progress, started: event.started };
    case "decision":
      return { ...progress, decision: event.decision };
    case "memories":
      return { ...progress, memories: event.memories };
    case "tool":
      return { ...progress, runs: [...progress.runs.filter(({ id }) => id !== event.run.id), event.run] };
    case "vote":
      return { ...progress, vote: withFrame(progress.vote ?? noVote, event.vote) };
    case "away":
      return { ...progress, away: event.away };
  }
}

/**
 * Stops the conversation's running answer: at once on the page, and in the server, which keeps what has come. The
 * stream is heard to its end, because its last event says what was kept.
 */
export function stop(conversation: string): void {
  const last = turnsOf(conversation).at(-1);
  if (last === undefined || !isRunning(last)) return;
  const job = running.get(last.id);
  change(last, { status: "stopped" });
  if (last.requestId === null) {
    job?.controller.abort();
    // Where the server had it all the same, the stored messages tell of it.
    void stopUnseen(conversation).then(
      (requestId) => requestId !== null && job && notify(change(last, { requestId }), "ended", job.onChange),
    );
  } else {
    void stopOnServer(last.requestId).then((stopped) => !stopped && job?.controller.abort());
  }
}

/** Takes a turn off the page, such as a failed one before it is asked again. */
export function remove(turn: Turn): void {
  update(turn.question.conversation, (turns) => turns.filter(({ id }) => id !== turn.id));
}

/** From now on the stored messages tell of these. */
export function settle(turns: readonly Turn[]): void {
  for (const turn of turns) change(turn, { settled: true });
}

function newTurn(question: Question, begins: boolean, joined: boolean): Turn {
  const id = ++latestId;
  return { ...nothingYet, id, question, begins, joined, recollected: false, status: "waiting", requestId: null, failure: null, settled: false };
}

function find({ id, question }: Turn): Turn | undefined {
  return turnsOf(question.conversation).find((turn) => turn.id === id);
}

function change(changed: Turn, changes: Partial<Turn>): Turn | undefined {
  update(changed.question.conversation, (turns) =>
    turns.map((turn) => (turn.id === changed.id ? { ...turn, ...changes } : turn)),
  );
  return find(changed);
}

function notify(turn: Turn | undefined, moment: "accepted" | "ended", onChange: OnChange): void {
  if (turn !== undefined) onChange(turn, moment);
}

function update(conversation: string, edit: (turns: readonly Turn[]) => readonly Turn[]): void {
  useTurns.setState(({ turns }) => ({ turns: { ...turns, [conversation]: edit(turns[conversation] ?? noTurns) } }));
}
