import { beforeEach, expect, test } from "vitest";
import { type Route, json, on, serve } from "@/shared/test/server";
import { ask, isUnsent, join, recollect, stop, turnsOf, useTurns } from "./turns";

beforeEach(() => useTurns.setState({ turns: {} }));

const frame = (id: number, body: object) => `id: ${id}\ndata: ${JSON.stringify(body)}\n\n`;
const done = { text: "", done: true, model: "tiny", request_id: "req_1", message_id: 2, finish: "stop", remembered: ["m2"] };
const events = (...frames: object[]): Route => (_, url) =>
  url.pathname === "/v1/turns/req_1/events"
    ? new Response(frames.map((body, index) => frame(index + 1, body)).join(""))
    : undefined;
const memory = { id: "m1", text: "The kettle is blue." };

test("a turn that ended a while ago tells again what was recalled for it, and is not shown as running", async () => {
  serve(events({ text: "", partial: true, memories: [memory] }, { text: "Blue.", partial: true }, done));
  await recollect("c", "req_1");
  expect(turnsOf("c")).toMatchObject([
    { requestId: "req_1", status: "done", settled: true, recollected: true, memories: [memory], done: { remembered: ["m2"] } },
  ]);
  await recollect("c", "req_1");
  expect(turnsOf("c")).toHaveLength(1);
});

test("of a turn that the server has no more nothing is known, and nothing fails", async () => {
  serve(on("GET", "/v1/turns/req_1/events", {}, 404));
  await recollect("c", "req_1");
  expect(turnsOf("c")).toEqual([]);
});

test("stopping tells the server at once, and its last event is heard", async () => {
  let end: () => void = () => undefined;
  const stream: Route = (_, url) => {
    if (url.pathname !== "/v1/turns/req_1/events") return undefined;
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encoder.encode(frame(1, { text: "Half", partial: true })));
        end = () => {
          controller.enqueue(encoder.encode(frame(2, { text: " more", partial: true })));
          controller.enqueue(encoder.encode(frame(3, { ...done, finish: "stopped" })));
          controller.close();
        };
      },
    });
    return new Response(body);
  };
  const seen = serve(stream, (request) => {
    if (request.method !== "DELETE") return undefined;
    end();
    return json({ request_id: "req_1", object: "turn.stopped", stopped: true });
  });
  const changes: string[] = [];
  const ended = join("c", "req_1", (turn, moment) => changes.push(`${moment} ${turn.status}`));
  await expect.poll(() => turnsOf("c")[0]?.answer).toBe("Half");
  stop("c");
  expect(turnsOf("c")[0]?.status).toBe("stopped");
  await ended;
  expect(seen.some(({ method, url }) => method === "DELETE" && url.endsWith("/v1/turns/req_1"))).toBe(true);
  expect(turnsOf("c")[0]).toMatchObject({ status: "stopped", answer: "Half more", done: { message_id: 2 } });
  expect(changes).toEqual(["accepted waiting", "ended stopped"]);
});

const question = { conversation: "c", prompt: "Hi", model: null };
const never: Route = (request, url) =>
  url.pathname === "/api/chat"
    ? new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason as Error)))
    : undefined;

test("a question that was stopped before the server had it is known as not sent", async () => {
  serve(never, on("GET", "/v1/turns", { data: [] }));
  const asked = ask(question, true, () => undefined);
  stop("c");
  await asked;
  expect(turnsOf("c").map(isUnsent)).toEqual([true]);
});

test("one that the server had all the same is found by its turn, and told of", async () => {
  const running = { request_id: "req_7", started_at: 1, state: "running" };
  serve(never, on("GET", "/v1/turns", { data: [running] }), on("DELETE", "/v1/turns/req_7", {}));
  const changes: (string | null)[] = [];
  const asked = ask(question, true, (turn) => changes.push(turn.requestId));
  stop("c");
  await asked;
  await expect.poll(() => changes).toEqual([null, "req_7"]);
  expect(turnsOf("c").map(isUnsent)).toEqual([false]);
});
