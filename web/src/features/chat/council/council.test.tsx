import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { type Route, failure, json, serve } from "@/shared/test/server";
import { askAside, useAsides } from "./asides";
import { CouncilAside } from "./council-aside";

beforeEach(() => useAsides.setState({ asides: {} }));

const voice = (name: string, more: object = {}) => ({
  voice: name,
  model: "tiny",
  reply: `${name} says so`,
  confidence: 0.9,
  weight: 0.41,
  tokens: 12,
  cost_usd: 0,
  latency_ms: 1_200,
  answer: "42",
  ...more,
});
const voices = [
  voice("Reason", { verified: true, evidence: "computed: 42" }),
  voice("Spark", { answer: "41", verified: false, evidence: "computed: 42" }),
  voice("Edge", { reply: "", answer: null, failure: { kind: "late", reason: "no reply within 60 s" } }),
];
const verdict = {
  event: "verdict",
  text: "It is **42**.",
  model_used: "tiny",
  latency_ms: 2_000,
  candidates: ["Reason"],
  total_cost_cents: 0,
  council_voices: voices,
  council_consensus: "1 of 2 votes agree on 42",
  council_used: true,
  voting_stats: {
    method: "majority",
    agreement: 0.5,
    voices: 3,
    answered: 2,
    quorum: 2,
    counted: 2,
    verified: 1,
    refuted: 1,
    rankings: 0,
    invalid_rankings: 0,
    notes: ["nothing was measured of tiny"],
  },
  dissent: [{ voices: ["Spark"], answer: "41", share: 0.5, refuted: true, reply: "Spark says so" }],
  verified: true,
  request_id: "req_1",
};

class VoteStream {
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  readonly route: Route = (request, url) => {
    if (url.pathname !== "/vote") return undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  send(...events: object[]): void {
    for (const event of events) this.#controller?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  }
  end(): void {
    this.#controller?.close();
  }
}

function ask(...routes: Route[]) {
  const seen = serve(...routes);
  render(<CouncilAside answer="2" question="What is it?" />);
  act(() => void askAside("2", "What is it?"));
  return { seen, user: userEvent.setup() };
}
const strip = () => screen.findByRole("list", { name: "The council" });

test("every voice stands beside the others, with its vote, what it weighs, and what a check made of it", async () => {
  const stream = new VoteStream();
  const { seen } = ask(stream.route);
  act(() => stream.send(...["Reason", "Spark", "Edge"].map((name) => ({ event: "voice_started", voice: name, model: "tiny" }))));
  expect(within(await strip()).getAllByRole("listitem").map((chip) => chip.textContent)).toEqual([
    "Reasonthinking",
    "Sparkthinking",
    "Edgethinking",
  ]);
  act(() => {
    stream.send({ event: "chair_started", model: "tiny" }, verdict);
    stream.end();
  });
  const reason = within(await screen.findByRole("region", { name: "Reason" }));
  expect(reason.getByText("42")).toBeTruthy();
  expect(reason.getByText("0.41")).toBeTruthy();
  expect(reason.getByText("90%")).toBeTruthy();
  expect(reason.getByText("checked")).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Spark" })).getByText("refuted")).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Edge" })).getByText("It was late: no reply within 60 s")).toBeTruthy();
  expect(screen.getByText("1 of 2 votes agree on 42")).toBeTruthy();
  expect(screen.getByText("nothing was measured of tiny")).toBeTruthy();
  expect(screen.getByText("Spark, 50% of the vote")).toBeTruthy();
  expect(screen.getByText(/written by the chair, tiny/)).toBeTruthy();
  expect(await seen[0]?.json()).toEqual({ prompt: "What is it?", stream: true });
});

test("on a phone the voices are tabs", async () => {
  vi.spyOn(window, "matchMedia").mockReturnValue({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  } as unknown as MediaQueryList);
  const stream = new VoteStream();
  const { user } = ask(stream.route);
  act(() => {
    stream.send(verdict);
    stream.end();
  });
  const tab = await screen.findByRole("tab", { name: "Spark" });
  expect(within(screen.getByRole("tabpanel")).getByText("Reason says so")).toBeTruthy();
  await user.click(tab);
  expect(within(screen.getByRole("tabpanel")).getByText("Spark says so")).toBeTruthy();
});

test("a council is stopped, keeps what was said, and can be put away", async () => {
  const stream = new VoteStream();
  const { user } = ask(stream.route);
  act(() => stream.send({ event: "voice_ended", ...voice("Reason") }));
  await strip();
  await user.click(screen.getByRole("button", { name: "Stop the council" }));
  expect(await screen.findByRole("region", { name: "Reason" })).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Put the council away" }));
  expect(screen.queryByRole("list", { name: "The council" })).toBeNull();
});

test("a council that comes to nothing says why", async () => {
  const stream = new VoteStream();
  ask(stream.route);
  act(() => {
    stream.send({ event: "failed", error: "1 of 3 voices answered, 2 must", code: "no_verdict", request_id: "req_1" });
    stream.end();
  });
  expect((await screen.findByRole("alert")).textContent).toContain("1 of 3 voices answered, 2 must");
});

test("one that is refused says so too", async () => {
  ask((_, url) => (url.pathname === "/vote" ? json(failure("busy", "too many wait"), 429) : undefined));
  expect((await screen.findByRole("alert")).textContent).toContain("too many wait");
});
