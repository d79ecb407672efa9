import { create } from "zustand";
import { type Failure, asFailure } from "@/shared/api/failure";
import type { DoneFrame } from "@/shared/api/types";
import { oncePerFrame } from "./once-per-frame";
import { type Question, streamAnswer } from "./stream-answer";

/** A question that was asked in this tab, and what came of it. */
export interface Turn {
  /** Counts the turns of this tab. */
  id: number;
  question: Question;
  /** Whether its conversation began with it. */
  begins: boolean;
  /** As far as it has come. */
  answer: string;
  status: "waiting" | "streaming" | "done" | "stopped" | "failed";
  /** The server's own id of the request: by it the turn is found again among the stored messages. */
  requestId: string | null;
  failure: Failure | null;
  /** What the server measured. */
  done: DoneFrame | null;
}

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

/** Whether this turn's answer is still to come. */
export function isRunning(turn: Turn | undefined): boolean {
  return turn?.status === "waiting" || turn?.status === "streaming";
}

const running = new Map<number, AbortController>();
let latestId = 0;

/** Called when a turn was accepted and when it ended: what the server keeps has changed. */
export type OnChange = (turn: Turn, moment: "accepted" | "ended") => void;

/** Asks, and fills the turn in as the answer comes. Resolves when it has ended, however that was. */
export async function ask(question: Question, begins: boolean, onChange: OnChange): Promise<void> {
  const id = ++latestId;
  const controller = new AbortController();
  running.set(id, controller);
  add({ id, question, begins, answer: "", status: "waiting", requestId: null, failure: null, done: null });
  let text = "";
  const paint = oncePerFrame(() => change(question, id, { answer: text, status: "streaming" }));
  try {
    for await (const event of streamAnswer(question, controller.signal)) {
      if (event.type === "accepted") {
        notify(change(question, id, { requestId: event.requestId }), "accepted", onChange);
      } else if (event.type === "text") {
        text += event.text;
        paint.request();
      } else {
        change(question, id, { done: event.frame, requestId: event.frame.request_id, status: "done" });
      }
    }
  } catch (thrown) {
    if (controller.signal.aborted) change(question, id, { status: "stopped" });
    else change(question, id, { status: "failed", failure: asFailure(thrown) });
  } finally {
    paint.cancel();
    running.delete(id);
    notify(change(question, id, { answer: text }), "ended", onChange);
  }
}

/** Stops the conversation's running answer. What has come of it stays. */
export function stop(conversation: string): void {
  const last = useTurns.getState().turns[conversation]?.at(-1);
  if (last !== undefined) running.get(last.id)?.abort();
}

/** Takes a turn off the page, such as a failed one before it is asked again. */
export function remove(turn: Turn): void {
  update(turn.question.conversation, (turns) => turns.filter(({ id }) => id !== turn.id));
}

function add(turn: Turn): void {
  update(turn.question.conversation, (turns) => [...turns, turn]);
}

function change({ conversation }: Question, id: number, changes: Partial<Turn>): Turn | undefined {
  update(conversation, (turns) => turns.map((turn) => (turn.id === id ? { ...turn, ...changes } : turn)));
  return useTurns.getState().turns[conversation]?.find((turn) => turn.id === id);
}

function notify(turn: Turn | undefined, moment: "accepted" | "ended", onChange: OnChange): void {
  if (turn !== undefined) onChange(turn, moment);
}

function update(conversation: string, edit: (turns: readonly Turn[]) => readonly Turn[]): void {
  useTurns.setState(({ turns }) => ({ turns: { ...turns, [conversation]: edit(turns[conversation] ?? noTurns) } }));
}
