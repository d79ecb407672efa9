import { type Turn, isUnsent } from "../turns";
import type { StoredMessage, ToolRun } from "./wire";

/** One thing in a conversation's text. */
export type Item = SaidItem | AnswerItem;

interface ItemBase {
  key: string;
  /** The stored messages that it is made of; empty before they are stored. */
  ids: readonly number[];
  /** All versions of its first message, oldest first, its own included. */
  versions: readonly number[];
  requestId: string | null;
}

/** A file that went with a question. */
export interface SaidFile {
  id: string;
  name: string;
  /** It is one. */
  image?: boolean;
}

/** What the person said. */
export interface SaidItem extends ItemBase {
  kind: "said";
  message: StoredMessage | null;
  text: string;
  /** What went with it. */
  files: readonly SaidFile[];
  /** The message before it, 0 for none; `null` where that is not known yet. */
  parentId: number | null;
  /** The turn that asked it and was stopped before the server had it. */
  unsent: Turn | null;
}

/** What was answered. */
export interface AnswerItem extends ItemBase {
  kind: "answer";
  text: string;
  model: string | null;
  /** The question that it answers; `null` where that is not there. */
  question: string | null;
  /** How it ended: `stop`, `length`, `tool_calls`, `stopped`, `failed`. */
  finish: string | null;
  /** Programs and other tools that were run for it. */
  runs: readonly ToolRun[];
  /** What is known of it since it was asked in this tab. */
  turn: Turn | null;
}

/** Stored messages as they are shown: an answer with the calls of tools on its way is one. */
export function storedItems(messages: readonly StoredMessage[]): Item[] {
  const items: Item[] = [];
  for (const message of messages) {
    const last = items.at(-1);
    if (message.role === "user") {
      items.push(said(message));
    } else if (message.role === "assistant" || message.role === "tool") {
      if (last?.kind === "answer" && last.requestId === message.request_id) items[items.length - 1] = joined(last, message);
      else items.push(joined(emptyAnswer(message, last), message));
    }
  }
  return items;
}

/** What is shown: the stored items, and what of the turns is not among them yet. */
export function withTurns(stored: readonly Item[], turns: readonly Turn[]): Item[] {
  const byRequest = new Map(turns.map((turn) => [turn.requestId, turn]));
  let items = stored.map((item): Item => {
    const turn = byRequest.get(item.requestId);
    if (turn === undefined) return item;
    const key = turn.recollected ? item.key : keyOf(turn, item.kind);
    if (item.kind === "said") return { ...item, key };
    // Of programs that were run without a model's call the messages tell nothing, and of files never.
    return { ...item, key, turn, runs: turn.runs.length > 0 ? turn.runs : item.runs };
  });
  for (const turn of turns.filter(({ settled }) => !settled)) {
    const kept = before(items, turn);
    items = [...kept, ...ofTurn(turn, kept.at(-1))];
  }
  return items;
}

/** What stays above a turn that is not stored yet. */
function before(items: readonly Item[], turn: Turn): Item[] {
  const { question, joined: wasJoined, requestId } = turn;
  const through = (id: number | null | undefined) => items.findIndex(({ ids }) => id != null && ids.includes(id));
  if (question.regenerate !== undefined) {
    const at = through(question.regenerate);
    if (at !== -1) return items.slice(0, items[at]?.kind === "said" ? at + 1 : at);
  } else if (question.parentId !== undefined) {
    return items.slice(0, through(question.parentId) + 1);
  } else if (wasJoined) {
    const at = through(questionOf(turn));
    if (at !== -1) return items.slice(0, at + 1);
  }
  return items.filter((item) => item.requestId !== requestId || requestId === null || (wasJoined && item.kind === "said"));
}

function ofTurn(turn: Turn, above: Item | undefined): Item[] {
  const { question, requestId, done, joined: wasJoined } = turn;
  const base = { versions: [], requestId };
  const asked = question.regenerate === undefined && !wasJoined;
  const ids = (id: number | null | undefined) => (id == null ? [] : [id]);
  const answer: AnswerItem = {
    ...base,
    kind: "answer",
    key: keyOf(turn, "answer"),
    ids: ids(done?.message_id),
    text: turn.answer,
    model: done?.model ?? null,
    question: asked ? question.prompt : above?.kind === "said" ? above.text : null,
    finish: done?.finish ?? null,
    runs: turn.runs,
    turn,
  };
  if (!asked) return [answer];
  const saidItem: SaidItem = {
    ...base,
    kind: "said",
    key: keyOf(turn, "said"),
    ids: ids(questionOf(turn)),
    message: null,
    text: question.prompt,
    files: question.files ?? [],
    parentId: null,
    unsent: isUnsent(turn) ? turn : null,
  };
  return [saidItem, answer];
}

/** The stored question of a turn, from when the server has told of it. */
export function questionOf({ started, decision, done }: Turn): number | null {
  return done?.question_id ?? decision?.question_id ?? started?.regenerate ?? null;
}

/** The same before and after it is stored, so that nothing on the page is made anew then. */
function keyOf(turn: Turn, kind: Item["kind"]): string {
  return `turn ${turn.id} ${kind}`;
}

function said(message: StoredMessage): SaidItem {
  return {
    kind: "said",
    key: `${message.id}`,
    ids: [message.id],
    versions: message.sibling_ids,
    requestId: message.request_id,
    message,
    text: textOf(message),
    files: message.content.flatMap(fileIn),
    parentId: message.parent_id ?? 0,
    unsent: null,
  };
}

function fileIn(part: StoredMessage["content"][number]): SaidFile[] {
  if (part.type === "file") return [{ id: part.file.id, name: part.file.name }];
  if (part.type === "image") return [{ id: part.image.id, name: part.image.name, image: true }];
  return [];
}

function emptyAnswer(message: StoredMessage, above: Item | undefined): AnswerItem {
  return {
    kind: "answer",
    key: `${message.id}`,
    ids: [],
    versions: message.sibling_ids,
    requestId: message.request_id,
    text: "",
    model: null,
    question: above?.kind === "said" ? above.text : null,
    finish: null,
    runs: [],
    turn: null,
  };
}

/** An answer with one more of its messages: words, calls of tools, or what came of a call. */
function joined(item: AnswerItem, message: StoredMessage): AnswerItem {
  const ids = [...item.ids, message.id];
  const text = textOf(message);
  if (message.role === "tool") {
    const finished = (run: ToolRun): ToolRun =>
      run.id === message.tool_call_id ? { ...run, status: "ok", result: text } : run;
    return { ...item, ids, runs: item.runs.map(finished) };
  }
  const called = (message.tool_calls ?? []).map((call): ToolRun => ({
    id: call.id,
    name: call.function.name,
    arguments: call.function.arguments,
    status: "running",
  }));
  return {
    ...item,
    ids,
    text: [item.text, text].filter((part) => part !== "").join("\n\n"),
    model: message.model ?? item.model,
    finish: message.finish ?? null,
    runs: [...item.runs, ...called],
  };
}

/** The words of a message. */
export function textOf(message: StoredMessage): string {
  return message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
