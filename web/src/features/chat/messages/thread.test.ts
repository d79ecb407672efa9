import { expect, test } from "vitest";
import { message } from "@/shared/test/server";
import type { Turn } from "../turns";
import { type Item, storedItems, withTurns } from "./thread";
import type { StoredMessage } from "./wire";

const stored = (id: number, role: string, text: string, request: string, more: Partial<StoredMessage> = {}) =>
  ({ ...message(id, role, text, request), ...more }) as StoredMessage;

const turn = (more: Partial<Turn> = {}): Turn => ({
  id: 1,
  question: { conversation: "c", prompt: "New?", model: null },
  begins: false,
  joined: false,
  recollected: false,
  status: "streaming",
  requestId: "req_new",
  failure: null,
  settled: false,
  answer: "Half",
  started: null,
  decision: null,
  memories: null,
  runs: [],
  vote: null,
  away: false,
  done: null,
  ...more,
});

const words = (items: readonly Item[]) => items.map((item) => item.text);

const two = storedItems([
  stored(1, "user", "One?", "req_1"),
  stored(2, "assistant", "One.", "req_1"),
  stored(3, "user", "Two?", "req_2"),
  stored(4, "assistant", "Two.", "req_2"),
]);

test("calls of tools and what came of them are parts of the answer that they led to", () => {
  const call = { id: "call_1", type: "function", function: { name: "run_code", arguments: "{}" } };
  const items = storedItems([
    stored(1, "system", "Be kind.", "req_1"),
    stored(2, "user", "Add it up", "req_1"),
    stored(3, "assistant", "", "req_1", { tool_calls: [call], sibling_ids: [3, 9], parent_id: 2 }),
    stored(4, "tool", "4", "req_1", { tool_call_id: "call_1" }),
    stored(5, "assistant", "It is 4.", "req_1", { finish: "stop" }),
  ]);
  expect(words(items)).toEqual(["Add it up", "It is 4."]);
  expect(items[1]).toMatchObject({
    ids: [3, 4, 5],
    versions: [3, 9],
    finish: "stop",
    runs: [{ id: "call_1", name: "run_code", result: "4", status: "ok" }],
  });
});

test("a question that is being answered stands below what is stored", () => {
  expect(words(withTurns(two, [turn()]))).toEqual(["One?", "One.", "Two?", "Two.", "New?", "Half"]);
});

test("an answer that is made anew takes the place of the old one, and its question stays", () => {
  const question = { conversation: "c", prompt: "", model: null, regenerate: 2 };
  expect(words(withTurns(two, [turn({ question })]))).toEqual(["One?", "Half"]);
});

test("a changed question stands where the old one stood", () => {
  const after = { conversation: "c", prompt: "Other?", model: null, parentId: 2 };
  expect(words(withTurns(two, [turn({ question: after })]))).toEqual(["One?", "One.", "Other?", "Half"]);
  const first = { conversation: "c", prompt: "Other?", model: null, parentId: 0 };
  expect(words(withTurns(two, [turn({ question: first })]))).toEqual(["Other?", "Half"]);
});

test("a turn that was going on when the page was opened has its question from the server", () => {
  const decision = { model: "tiny", skill_type: "chat", reason: "", omitted_messages: 0, question_id: 3 };
  const joined = turn({ joined: true, requestId: "req_2", decision });
  expect(words(withTurns(two.slice(0, 3), [joined]))).toEqual(["One?", "One.", "Two?", "Half"]);
});

test("an answer that was being made anew when the page was opened stands below its question", () => {
  const started = { request_id: "req_9", regenerate: 3 };
  expect(words(withTurns(two, [turn({ joined: true, requestId: "req_9", started })]))).toEqual([
    "One?",
    "One.",
    "Two?",
    "Half",
  ]);
});

test("what a turn told once is known again without anything being shown anew", () => {
  const memories = [{ id: "m1" }] as unknown as Turn["memories"];
  const again = turn({ joined: true, recollected: true, settled: true, requestId: "req_2", answer: "Two.", memories });
  const items = withTurns(two, [again]);
  expect(items.map(({ key }) => key)).toEqual(two.map(({ key }) => key));
  expect(items[3]).toMatchObject({ turn: { memories } });
});

test("what is stored is shown once, under the same key as while it was made", () => {
  const run = { id: "run_1", name: "run_code", arguments: "{}", status: "ok" };
  const live = turn({ runs: [run], requestId: "req_2", question: { conversation: "c", prompt: "Two?", model: null }, answer: "Two." });
  const before = withTurns(two, [live]);
  const after = withTurns(two, [{ ...live, settled: true }]);
  expect(words(before)).toEqual(["One?", "One.", "Two?", "Two."]);
  expect(words(after)).toEqual(words(before));
  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
  expect(after[3]).toMatchObject({ turn: { id: 1 }, runs: [run] });
});
