import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Route, conversation, failure, json, on, serve } from "@/shared/test/server";
import { Toasts } from "@/shared/ui/toasts";
import type { AnswerItem } from "../messages/thread";
import { type ThreadActions, ThreadProvider } from "../messages/thread-context";
import type { Hit } from "../messages/wire";
import { useForgotten } from "./forget";
import { MemoryChips } from "./memory-chips";
import { usePins } from "./pins";
import { RememberedNote } from "./remembered-note";

beforeEach(() => {
  vi.useFakeTimers();
  useForgotten.setState({ ids: new Set() });
  usePins.setState({ pins: {} });
});
afterEach(() => vi.useRealTimers());

const hit = (id: string, text: string, more: Partial<Hit> = {}): Hit => ({
  id,
  text,
  kind: "turn",
  session: "c1",
  timestamp: 1_795_361_178,
  area: "main",
  tags: [],
  metadata: {},
  trust: "user",
  pinned: false,
  quarantined: false,
  created_at: 0,
  updated_at: 0,
  score: 1.92,
  ...more,
});
const violin = hit("m1", "My violin is in Bern.");
const paper = hit("m2", "Dues are 12 francs.", { kind: "document", session: null, source: "p.pdf", citation: "p.pdf, page 3" });
const item: AnswerItem = {
  kind: "answer",
  key: "2",
  ids: [2],
  versions: [2],
  requestId: "req_1",
  text: "In Bern.",
  model: "tiny",
  question: "Where?",
  finish: "stop",
  runs: [],
  turn: null,
};
const forget: Route = (_, url) =>
  url.pathname === "/v1/memory/forget" ? json({ object: "memory.forgotten", forgotten: [] }) : undefined;

function show(...routes: Route[]) {
  const seen = serve(...routes, forget);
  const again = vi.fn<ThreadActions["again"]>();
  const nothing = () => undefined;
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ThreadProvider value={{ conversation: "c2", models: [], busy: false, again, resend: nothing, retry: nothing, show: () => Promise.resolve() }}>
        <MemoryChips item={item} memories={[violin, paper]} />
      </ThreadProvider>
      <Toasts />
    </QueryClientProvider>,
  );
  return { seen, again };
}
const click = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const chip = (text: string) => screen.queryByRole("button", { name: `Memory: ${text}` });
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

test("each memory says what it is, how well it fits, and leads to the conversation that it is from", async () => {
  show(on("GET", "/v1/conversations/c1", conversation("c1", "Monday", 2)));
  expect(screen.getByText("2 memories recalled")).toBeTruthy();
  click("Memory: My violin is in Bern.");
  expect(screen.getByText("fit 1.92")).toBeTruthy();
  await wait(20);
  expect(screen.getByRole("link", { name: 'in "Monday"' }).getAttribute("href")).toBe("/chat/c1");
  click("Memory: Dues are 12 francs.");
  expect(screen.getByText(/p\.pdf, page 3/)).toBeTruthy();
});

test("a forgotten memory can be had back for ten seconds, and the server hears of it only then", async () => {
  const { seen } = show(on("GET", "/v1/conversations/c1", conversation("c1", "Monday", 2)));
  click("Memory: My violin is in Bern.");
  click("Forget");
  expect(chip("My violin is in Bern.")).toBeNull();
  await wait(9_000);
  click("Undo");
  expect(chip("My violin is in Bern.")).not.toBeNull();
  await wait(20_000);
  expect(seen.some(({ url }) => url.endsWith("/forget"))).toBe(false);
  click("Forget");
  await wait(10_001);
  const told = seen.find(({ url }) => url.endsWith("/v1/memory/forget"));
  expect(await told?.json()).toEqual({ ids: ["m1"] });
});

test("who leaves the page before has forgotten all the same", async () => {
  const { seen } = show();
  click("Memory: Dues are 12 francs.");
  click("Forget");
  act(() => void window.dispatchEvent(new Event("pagehide")));
  await wait(1);
  const told = seen.filter(({ url }) => url.endsWith("/v1/memory/forget"));
  expect(told).toHaveLength(1);
  expect(await told[0]?.json()).toEqual({ ids: ["m2"] });
});

test("what could not be forgotten is shown again, with the reason", async () => {
  show((_, url) => (url.pathname === "/v1/memory/forget" ? json(failure("internal", "the disk is full"), 500) : undefined));
  click("Memory: Dues are 12 francs.");
  click("Forget");
  await wait(10_100);
  expect(chip("Dues are 12 francs.")).not.toBeNull();
  expect(screen.getByText("the disk is full")).toBeTruthy();
});

test("a memory is pinned, and no longer where the server does not take it", async () => {
  let takes = true;
  show((request) => (request.method === "PATCH" ? (takes ? json(paper) : json(failure("internal", "no"), 500)) : undefined));
  click("Memory: Dues are 12 francs.");
  click("Pin");
  await wait(1);
  expect(screen.getByText("pinned")).toBeTruthy();
  takes = false;
  click("Unpin");
  await wait(1);
  expect(screen.getByText("pinned")).toBeTruthy();
});

test("one memory is left out of the conversation, the answer made anew without it, and that is taken back", async () => {
  let kept: string[] | null = ["m9"];
  const settings = () => json({ ...conversation("c2", "Here", 2), settings: { without_memories: kept } });
  const { seen, again } = show((request, url) => {
    if (url.pathname !== "/v1/conversations/c2") return undefined;
    if (request.method !== "PATCH") return settings();
    return request.json().then(({ settings: { without_memories } }) => {
      kept = without_memories;
      return settings();
    });
  });
  await wait(20);
  click("Memory: Dues are 12 francs.");
  click("Not here");
  await wait(20);
  expect(kept).toEqual(["m9", "m2"]);
  expect(screen.getByText("Left out of this conversation from now on.")).toBeTruthy();
  click("Answer again without it");
  expect(again).toHaveBeenCalledWith(item, null);
  click("Use it again");
  await wait(20);
  expect(kept).toEqual(["m9"]);
  expect(screen.getByRole("button", { name: "Not here" })).toBeTruthy();
  expect(seen.some(({ url }) => url.endsWith("/forget"))).toBe(false);
});

test("what was remembered of a turn can be taken back", async () => {
  const seen = serve(forget);
  render(<RememberedNote ids={["a", "b"]} />);
  click("Remembered");
  await wait(1);
  expect(screen.getByText("Not remembered")).toBeTruthy();
  expect(await seen[0]?.json()).toEqual({ ids: ["a", "b"] });
});
