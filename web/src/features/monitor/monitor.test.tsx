import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { useConnection } from "@/shared/api/live";
import type { Receipt, System } from "@/shared/api/types";
import { type Route, failure, json, on, page, serve } from "@/shared/test/server";
import { FakeSocket } from "@/shared/test/socket";
import { useFeed } from "./feed";
import MonitorPage from "./monitor-page";
import { useTokenFeed } from "./token-feed";

// A canvas needs a browser; e2e/monitor.mjs looks at the real charts.
vi.mock("./chart", () => ({ Chart: ({ label }: { label: string }) => <div role="img" aria-label={label} /> }));

beforeEach(() => {
  FakeSocket.install();
  useConnection.setState({ state: "off", lastSeen: null, roundTrip: null, lost: 0 });
  useFeed.setState({ latest: null, tail: [], receipts: [] });
  useTokenFeed.setState({ running: [], watched: [] });
});

afterEach(() => {
  cleanup();
  // Closes the socket that the next test would find.
  window.dispatchEvent(new Event("pagehide"));
});

const now = () => Math.floor(Date.now() / 1000);

const system = (more: Partial<System> = {}): System => ({
  at: now() + 0.5,
  values: { tokens_per_s: 42, turns_active: 3, slots: 4, error_rate: 0.25, cost_today_usd: 0.5, budget_day: 0.5, cpu: 0.3, memory_used_bytes: 4e9, memory_total_bytes: 8e9 },
  components: [
    { name: "routing", count: 7, p50_ms: 4.4, p95_ms: 9, p99_ms: 9, target: { ms: 2.2, quantile: "p50", source: "design" } },
    { name: "sandbox_run", count: 0, p50_ms: null, p95_ms: null, p99_ms: null, target: null },
  ],
  models: [],
  machine: { cores: 8, disks: [], processes: [], gpus: [], gpu_problem: "no NVIDIA driver was found" },
  ...more,
});

const receipt = (id: string, more: Partial<Receipt> = {}): Receipt => ({
  request_id: id,
  started_at: now(),
  route: "/hybrid",
  session_id: null,
  policy: "cascade",
  answered_by: "tiny",
  skill_type: "chat",
  confidence: 0.75,
  calibrated: true,
  verified: false,
  cache: null,
  steps: [{ answerer: "tiny", outcome: "accepted", reason: "the usual model", confidence: 0.75, calibrated: true, elapsed_ms: 90, input_tokens: 5, output_tokens: 9, cost_usd: 0 }],
  decision: { kind: "chat", probability: 0.9, plan: [{ answerer: "tiny", reason: "the usual model", accept_at: 0 }], considered: [{ answerer: "tiny", score: 0.8, why_not: null }, { answerer: "far", score: 0.9, why_not: "cloud models are off" }], degraded: [], max_tokens: null },
  features: null,
  state: null,
  rules: null,
  degraded: [],
  sent_to: [],
  times_ms: { route: 10, memory: 0, prefill: 30, decode: 50, tools: 0, total: 100 },
  input_tokens: 5,
  output_tokens: 9,
  cost_usd: 0,
  outcome: "completed",
  ...more,
});

const history: Route = (_, url) => {
  if (url.pathname !== "/v1/metrics/history") return undefined;
  const names = (url.searchParams.get("series") ?? "").split(",");
  const series = Object.fromEntries(names.map((name) => [name, [1, null, 2]]));
  return json({ object: "metrics.history", start: now() - 3, step_s: 1, points: 3, series, units: {} });
};
const alerts = (...data: unknown[]) => on("GET", "/v1/alerts", { object: "list", data });
const noModels = on("GET", "/v1/models", { object: "list", data: [{ id: "tiny" }, { id: "council/auto" }] });

function open(path: string) {
  const location = memoryLocation({ path, record: true });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook}><MonitorPage /></Router>
    </QueryClientProvider>,
  );
  act(() => FakeSocket.latest().open());
  return userEvent.setup();
}

const tell = (topic: string, data: unknown, seq = 1) => act(() => FakeSocket.latest().frame(topic, data, seq));

test("what the server measures is shown as it comes, with its target and without a graphics processor", async () => {
  serve(history, alerts());
  open("/monitor");
  tell("metrics", system());
  const tiles = screen.getByLabelText("Right now");
  expect(within(tiles).getByText("42/s")).toBeTruthy();
  expect(within(tiles).getByText("of 4 slots")).toBeTruthy();
  expect(within(tiles).getByText("50% of the daily budget")).toBeTruthy();
  const routing = screen.getByRole("row", { name: /Routing decision/ });
  expect(within(routing).getByRole("meter").getAttribute("aria-valuetext")).toBe("p50 is 200% of its target");
  expect(screen.getByText("No graphics processor found")).toBeTruthy();
  expect(await screen.findByText("No alerts: nothing needs your attention")).toBeTruthy();
  expect(await screen.findByRole("img", { name: /^Throughput: answers 42\/s/ })).toBeTruthy();
});

test("what is old is said to be old, and a server that is gone is waited for", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  serve(history, alerts());
  open("/monitor");
  tell("metrics", system());
  expect(screen.getByText("Live", { selector: "span" })).toBeTruthy();
  act(() => void vi.advanceTimersByTime(4_500));
  expect(screen.getByText(/^Last heard/)).toBeTruthy();
  expect(screen.getByLabelText("Right now").className).toContain("opacity-50");
  act(() => FakeSocket.latest().close());
  expect(screen.getByText("Disconnected, trying again")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("goes on by itself");
  act(() => void vi.advanceTimersByTime(600));
  act(() => FakeSocket.latest().open());
  tell("metrics", system());
  expect(screen.queryByRole("alert")).toBeNull();
  vi.useRealTimers();
});

test("alerts that hold come first, and those that are over can be looked at", async () => {
  const alert = { rule: "memory", subject: "", severity: "critical", message: "memory is nearly full: 7 of 8 GiB are used", value: 0.98, threshold: 0.97, since: now() - 60, resolved: null };
  serve(history, alerts(alert, { ...alert, rule: "disk", message: "the disk was full", resolved: now() }));
  const user = open("/monitor");
  expect(await screen.findByText("memory is nearly full: 7 of 8 GiB are used")).toBeTruthy();
  await user.click(screen.getByText("1 that are over"));
  expect(screen.getByText("the disk was full")).toBeTruthy();
});

test("a decision appears when it is made, is filtered, and opens with its reasons and its times", async () => {
  const listed = receipt("req_old", { answered_by: "math", skill_type: "math", verified: true });
  const seen = serve(
    (_, url) => (url.pathname === "/v1/routes" ? json(page(url.searchParams.get("skill") === "chat" ? [] : [listed])) : undefined),
    on("GET", "/v1/routes/req_new", { ...receipt("req_new"), feedback: [] }),
    on("POST", "/v1/routes/req_new/replay", { request_id: "req_new", before: receipt("x").decision, after: receipt("x").decision, changed: false, answer: null }),
    noModels,
  );
  const user = open("/monitor/routing");
  const table = await screen.findByRole("table", { name: "Decisions" });
  tell("routes", receipt("req_new"));
  expect(within(table).getAllByRole("row")).toHaveLength(3);
  await user.selectOptions(screen.getByLabelText("Kind"), "chat");
  await waitFor(() => expect(screen.queryByText("checked")).toBeNull());
  await user.click(screen.getByRole("button", { name: /why req_new was answered so/ }));
  const drawer = await screen.findByRole("dialog");
  expect(await within(drawer).findByText("Reading the prompt")).toBeTruthy();
  expect(within(drawer).getByText("cloud models are off")).toBeTruthy();
  await user.click(within(drawer).getByRole("button", { name: "Decide again" }));
  expect(await within(drawer).findByText("The same plan as then.")).toBeTruthy();
  const replay = seen.find(({ method }) => method === "POST");
  expect(await replay?.json()).toEqual({ policy: "cascade" });
});

test("tokens of answers are shown with how likely they were, and not asked for when nobody watches", async () => {
  serve();
  const user = open("/monitor/tokens");
  expect(FakeSocket.latest().sent.some((order) => order["watch"] === "all")).toBe(true);
  tell("tokens", { running: [{ request_id: "r", route: "/hybrid", model: "tiny", started_at: 1, tokens: 3, tokens_per_s: 12.5, first_token_ms: 80 }] });
  expect(screen.getByText(/12\.5 tokens\/s/)).toBeTruthy();
  tell("tokens", { request_id: "r", choice: 0, model: "tiny", from: 3, tokens: [{ text: "Hel", logprob: Math.log(0.5), top: [{ text: "Hal", logprob: Math.log(0.25) }] }] });
  tell("tokens", { request_id: "r", choice: 0, model: "tiny", from: 4, tokens: [{ text: "lo", logprob: 0, top: [] }] });
  tell("tokens", { request_id: "r", choice: 0, ended: true });
  expect(await screen.findByText("begins after 3 tokens, when watching began")).toBeTruthy();
  await user.click(screen.getByRole("option", { name: "Hel" }));
  expect(screen.getByText("50%")).toBeTruthy();
  expect(screen.getByText('"Hal"')).toBeTruthy();
  await user.click(screen.getByRole("switch", { name: "Watch the tokens of answers" }));
  expect(FakeSocket.latest().sent.at(-1)).toEqual({ watch: null });
});

test("calibrations are drawn, and votes are counted from the server's own counters", async () => {
  const bins = [{ from: 0.8, to: 0.9, answers: 10, said: 0.85, right: 0.7 }, { from: 0.9, to: 1, answers: 0, said: null, right: null }];
  serve(
    on("GET", "/v1/router/calibration", { object: "list", data: [{ model: "tiny", kind: null, asked: 20, right: 15, auroc: 0.8, ece: 0.15, brier: 0.2, reliability: bins, calibrated_at: 1, questions_sha256: "" }] }),
    (_, url) => (url.pathname === "/metrics" ? new Response('council_votes_total{outcome="majority"} 3\ncouncil_vote_seconds_sum 6\ncouncil_vote_seconds_count 3\n') : undefined),
  );
  open("/monitor/quality");
  expect(await screen.findByRole("img", { name: "Reliability of tiny, all kinds: expected calibration error 0.15" })).toBeTruthy();
  expect(await screen.findByText("majority")).toBeTruthy();
  expect(screen.getByText("2.0 s")).toBeTruthy();
});

test("a part that cannot be had says why, and is tried again", async () => {
  let broken = true;
  serve((_, url) => (url.pathname === "/v1/routes" ? (broken ? json(failure("internal", "the store is locked"), 500) : json(page([receipt("req_1")]))) : undefined), noModels);
  const user = open("/monitor/routing");
  expect(await screen.findByText("the store is locked")).toBeTruthy();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: /why req_1 was answered so/ })).toBeTruthy();
});
