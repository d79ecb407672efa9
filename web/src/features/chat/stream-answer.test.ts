import { expect, test } from "vitest";
import { type Route, failure, json, serve } from "@/shared/test/server";
import { type AnswerEvent, joinAnswer, streamAnswer } from "./stream-answer";

const question = { conversation: "c", prompt: "Why?", model: null };
const frame = (id: number, body: object) => `id: ${id}\ndata: ${JSON.stringify(body)}\n\n`;
const word = (id: number, text: string) => frame(id, { text, partial: true });
const done = (id: number) => frame(id, { text: "", done: true, model: "tiny", request_id: "req_1" });

/** A stream that ends, or breaks, after what it says. */
const stream = (text: string, breaks = false) => {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(new TextEncoder().encode(text));
      } else if (breaks) {
        controller.error(new TypeError("network error"));
      } else {
        controller.close();
      }
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", "x-request-id": "req_1" } });
};

const asked =
  (response: () => Response): Route =>
  (request, url) =>
    request.method === "POST" && url.pathname === "/api/chat" ? response() : undefined;
const events =
  (answer: (last: string | null) => Response): Route =>
  (request, url) =>
    url.pathname === "/v1/turns/req_1/events" ? answer(request.headers.get("last-event-id")) : undefined;

async function all(answer: AsyncGenerator<AnswerEvent>): Promise<string> {
  const seen: string[] = [];
  for await (const event of answer) seen.push(event.type === "text" ? event.text : `<${event.type}>`);
  return seen.join(" ");
}
const signal = () => new AbortController().signal;

test("a connection that breaks is taken up again after the last event, without a lost or doubled word", async () => {
  const froms: (string | null)[] = [];
  const seen = serve(
    asked(() => stream(word(1, "one") + word(2, "two") + "id: 3\nda", true)),
    events((last) => {
      froms.push(last);
      return froms.length === 1 ? stream(word(3, "three"), true) : stream(word(4, "four") + done(5));
    }),
  );
  expect(await all(streamAnswer(question, signal()))).toBe(
    "<accepted> one two <away> <away> three <away> <away> four <done>",
  );
  expect(froms).toEqual(["2", "3"]);
  expect(seen.filter((request) => request.method === "POST")).toHaveLength(1);
});

test("a server that is away for a moment is tried again", async () => {
  let tries = 0;
  serve(
    asked(() => stream(word(1, "one"), true)),
    events(() => {
      tries += 1;
      if (tries === 1) throw new TypeError("fetch failed");
      return stream(done(2));
    }),
  );
  expect(await all(streamAnswer(question, signal()))).toBe("<accepted> one <away> <away> <done>");
});

test("a turn that the server knows nothing of has ended", async () => {
  serve(
    asked(() => stream(word(1, "one"))),
    events(() => json(failure("not_found", "no such turn"), 404)),
  );
  await expect(all(streamAnswer(question, signal()))).rejects.toMatchObject({ code: "ended_early" });
});

test("a turn that goes on already is heard from its first event", async () => {
  serve(events((last) => stream((last ?? "start") === "start" ? word(1, "one") + done(2) : "")));
  expect(await all(joinAnswer("req_1", signal()))).toBe("<accepted> one <done>");
});

test("a version of an answer is asked for without a prompt, a version of a question with its place", async () => {
  const seen = serve(asked(() => stream(done(1))));
  await all(streamAnswer({ ...question, prompt: "", regenerate: 57, model: "large" }, signal()));
  await all(streamAnswer({ ...question, parentId: 0 }, signal()));
  const bodies = await Promise.all(seen.map((request) => request.json()));
  expect(bodies).toEqual([
    { session_id: "c", stream: true, detached: true, regenerate: 57, model: "large" },
    { session_id: "c", stream: true, detached: true, prompt: "Why?", parent_id: 0 },
  ]);
});
