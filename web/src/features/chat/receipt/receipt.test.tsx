import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { type Route, failure, json, model, on, serve } from "@/shared/test/server";
import type { AnswerItem } from "../messages/thread";
import { type ThreadActions, ThreadProvider } from "../messages/thread-context";
import { useRatings } from "./ratings";
import ReceiptDrawer from "./receipt-drawer";
import { waterfall } from "./waterfall";

beforeEach(() => useRatings.setState({ ratings: {} }));

const step = {
  answerer: "tiny",
  outcome: "unsure",
  reason: "the usual model",
  confidence: 0.4,
  calibrated: true,
  elapsed_ms: 300,
  input_tokens: 5,
  output_tokens: 6,
  cost_usd: 0,
};
const receipt = {
  request_id: "req_1",
  started_at: 0,
  route: "/api/chat",
  policy: "cascade",
  answered_by: "claude",
  skill_type: "code",
  confidence: 0.82,
  calibrated: true,
  verified: true,
  cache: null,
  steps: [step, { ...step, answerer: "claude", outcome: "accepted", reason: "larger", elapsed_ms: 600, cost_usd: 0.004 }],
  decision: {
    kind: "code",
    probability: 0.93,
    plan: [{ answerer: "tiny", reason: "the usual model", accept_at: 0.6 }],
    considered: [
      { answerer: "math", score: 0.01, why_not: "the question is math with probability 0.01 only" },
      { answerer: "tiny", score: 0.5, why_not: null },
      { answerer: "council", score: 0.6, why_not: null },
    ],
    degraded: [],
    max_tokens: null,
  },
  rules: { accept: { code: 0.6 }, larger: true },
  degraded: ["the queue is long"],
  sent_to: ["claude"],
  times_ms: { route: 1, memory: 2, prefill: 40, decode: 500, tools: 0, total: 910 },
  input_tokens: 10,
  output_tokens: 12,
  cost_usd: 0.004,
  outcome: "completed",
  feedback: [],
};
const item: AnswerItem = {
  kind: "answer",
  key: "2",
  ids: [2],
  versions: [2],
  requestId: "req_1",
  text: "So.",
  question: "Why?",
  model: "claude",
  finish: "stop",
  runs: [],
  turn: null,
};

function open(...routes: Route[]) {
  const seen = serve(...routes);
  const again = vi.fn<ThreadActions["again"]>();
  const nothing = () => undefined;
  const actions = { conversation: "c", models: [model("tiny"), model("council/vote")], busy: false, again };
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ThreadProvider value={{ ...actions, resend: nothing, retry: nothing, show: () => Promise.resolve() }}>
        <ReceiptDrawer item={item} />
      </ThreadProvider>
    </QueryClientProvider>,
  );
  return { seen, again, user: userEvent.setup() };
}
const route = on("GET", "/v1/routes/req_1", receipt);

test("the receipt says in words who answered, where, how sure, and what it cost", async () => {
  open(route);
  expect(await screen.findByText("claude answered, on another machine, in 910 ms.")).toBeTruthy();
  expect(screen.getByText("Larger.")).toBeTruthy();
  expect(screen.getByText("code, 93% sure")).toBeTruthy();
  expect(screen.getByText("82%")).toBeTruthy();
  expect(screen.getByText("calibrated: it is right about this often")).toBeTruthy();
  expect(screen.getByText("$0.004")).toBeTruthy();
  expect(screen.getByText("the queue is long")).toBeTruthy();
  expect(screen.getByText("Something of this was sent to claude.")).toBeTruthy();
});

test("it names every step, everybody who was thought of with why not, and the thresholds", async () => {
  open(route);
  const steps = within(await screen.findByRole("region", { name: "What happened" }));
  expect(steps.getAllByRole("listitem")).toHaveLength(4);
  expect(steps.getByText(/too unsure/).parentElement?.textContent).toContain("40%");
  const considered = within(screen.getByRole("region", { name: "Who was thought of" }));
  expect(considered.getByText("the question is math with probability 0.01 only")).toBeTruthy();
  expect(considered.getByText("asked")).toBeTruthy();
  expect(considered.getByText("not needed: an answer stood before")).toBeTruthy();
  const rules = within(screen.getByRole("region", { name: "Thresholds of that moment" }));
  expect(rules.getByText("accept.code").nextSibling?.textContent).toBe("0.6");
  expect(rules.getByText("Answer stands from 60%")).toBeTruthy();
});

test("steps of the waterfall follow one another", () => {
  const stretches = waterfall(receipt, { memory: "recall", route: "route" });
  expect(stretches.map(({ name, from }) => [name, from])).toEqual([
    ["recall", 0],
    ["route", 2],
    ["tiny", 3],
    ["claude", 303],
  ]);
});

test("another model is asked from the receipt", async () => {
  const { again, user } = open(route);
  await user.selectOptions(await screen.findByRole("combobox", { name: "Who answers instead" }), "The council");
  await user.click(screen.getByRole("button", { name: "Answer again" }));
  expect(again).toHaveBeenCalledWith(item, "council/vote");
});

test("a rating is sent, and taken back where the server does not take it", async () => {
  let takes = true;
  const feedback: Route = (request) =>
    request.method === "POST" ? (takes ? json({ request_id: "req_1", rating: "up", at: 1 }) : json(failure("x", "no"), 500)) : undefined;
  const { seen, user } = open(feedback, route);
  const good = await screen.findByRole("button", { name: "Good answer" });
  await user.click(good);
  await waitFor(() => expect(good.getAttribute("aria-pressed")).toBe("true"));
  const sent = seen.find((request) => request.method === "POST");
  expect(await sent?.json()).toEqual({ request_id: "req_1", rating: "up" });
  takes = false;
  await user.click(screen.getByRole("button", { name: "Bad answer" }));
  await waitFor(() => expect(good.getAttribute("aria-pressed")).toBe("true"));
});

test("an answer without a receipt says so", async () => {
  open(on("GET", "/v1/routes/req_1", failure("not_found", "no receipt"), 404));
  expect(await screen.findByText(/There is no receipt of this answer/)).toBeTruthy();
});
