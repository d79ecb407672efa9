import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import {
  AnswerStream,
  type Route,
  conversation,
  failure,
  json,
  ledgerEntry,
  message,
  model,
  on,
  page,
  serve,
} from "@/shared/test/server";
import { useChosenModel } from "./chosen-model";
import { openChat } from "./test-chat";
import { useTurns } from "./turns";

beforeEach(() => {
  useTurns.setState({ turns: {} });
  useChosenModel.setState({ id: null });
});

const noConversations = on("GET", "/v1/conversations", page([]));
const models = on("GET", "/v1/models", { object: "list", data: [model("tiny", { default: true }), model("large")] });
const begun: Route = (request, url) =>
  request.method === "POST" && url.pathname === "/v1/conversations" ? json(conversation("c", "Why?", 0)) : undefined;

const isQuestion = ({ method, url }: Request) => method === "POST" && url.endsWith("/api/chat");
const write = () => screen.findByRole("textbox", { name: "Your message" });
const log = () => within(screen.getByRole("log"));

test("an answer grows on the page as it is streamed and ends with what the server measured", async () => {
  const answer = new AnswerStream();
  const seen = serve(noConversations, models, begun, answer.route);
  const { user, path } = openChat("/chat");
  await screen.findByText(/tiny answers/);
  await user.type(await write(), "Why?{Enter}");
  await screen.findByRole("log");
  expect(log().getByText("Why?")).toBeTruthy();
  expect(await log().findByRole("status")).toBeTruthy();

  act(() => answer.raw('data: {"te'));
  act(() => answer.raw('xt":"Because **it","partial":true}\n'));
  act(() => answer.raw("\n: keep-alive\n\n"));
  await log().findByText("Because it");
  act(() => answer.text(" is** so."));
  expect((await log().findByText("it is")).tagName).toBe("STRONG");
  act(() => answer.done());
  expect(await log().findByText("12 + 3 tokens")).toBeTruthy();
  expect(log().getByText("420 ms")).toBeTruthy();
  expect(log().getByText("tiny")).toBeTruthy();

  const asked = seen.find(isQuestion);
  const sent = (await asked?.json()) as { session_id: string };
  expect(sent).toEqual({ prompt: "Why?", detached: true, session_id: expect.stringMatching(/^conv_[0-9a-f]{32}$/), stream: true });
  expect(path()).toBe(`/chat/${sent.session_id}`);
  const made = seen.find(({ method, url }) => method === "POST" && url.endsWith("/v1/conversations"));
  expect(await made?.json()).toEqual({ id: sent.session_id, title: "Why?" });
});

test("Esc stops the answer, keeps what has come, and the next question can be asked", async () => {
  const answer = new AnswerStream();
  const seen = serve(noConversations, models, begun, answer.route);
  const { user } = openChat("/chat");
  await user.type(await write(), "Tell me everything{Enter}");
  await screen.findByRole("log");
  act(() => answer.text("First, "));
  await log().findByText("First,");
  await user.keyboard("{Escape}");
  expect(await log().findByText("Stopped")).toBeTruthy();
  expect(log().getByText("First,")).toBeTruthy();
  expect(seen.find(isQuestion)?.signal.aborted).toBe(true);
  expect(screen.queryByRole("alert")).toBeNull();
  await user.type(await write(), "Go on");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(false);
});

test("the stop button stops, before the first word too", async () => {
  const answer = new AnswerStream();
  serve(noConversations, models, begun, answer.route);
  const { user } = openChat("/chat");
  await user.type(await write(), "Hello{Enter}");
  await screen.findByRole("log");
  await user.click(await screen.findByRole("button", { name: "Stop" }));
  expect(await log().findByText("Stopped. No answer was kept.")).toBeTruthy();
});

test("an error before the stream shows the server's words, and trying again asks the same", async () => {
  const answer = new AnswerStream();
  let busy = true;
  const sometimes: Route = (request, url) =>
    busy && url.pathname === "/api/chat"
      ? json(failure("busy", "64 requests are waiting for `tiny`", "try again in 2 s"), 429)
      : answer.route(request, url);
  serve(noConversations, models, begun, sometimes);
  const { user } = openChat("/chat");
  await user.type(await write(), "Now?{Enter}");
  await screen.findByRole("log");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("64 requests are waiting for `tiny`");
  expect(alert.textContent).toContain("try again in 2 s");
  expect(alert.textContent).toContain("req_failed");
  busy = false;
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(log().getAllByText("Now?")).toHaveLength(1);
  act(() => answer.text("Now."));
  expect(await log().findByText("Now.")).toBeTruthy();
});

test("an error within the stream keeps the text before it", async () => {
  const answer = new AnswerStream();
  serve(noConversations, models, begun, answer.route);
  const { user } = openChat("/chat");
  await user.type(await write(), "Hi{Enter}");
  await screen.findByRole("log");
  act(() => {
    answer.text("Half an");
    answer.fail("internal", "something went wrong in the server");
  });
  expect((await screen.findByRole("alert")).textContent).toContain("something went wrong in the server");
  expect(log().getByText("Half an")).toBeTruthy();
});

test("a stream that ends without its last frame is an error, not an answer", async () => {
  const answer = new AnswerStream();
  serve(noConversations, models, begun, answer.route);
  const { user } = openChat("/chat");
  await user.type(await write(), "Hi{Enter}");
  await screen.findByRole("log");
  act(() => {
    answer.text("Half an");
    answer.end();
  });
  expect((await screen.findByRole("alert")).textContent).toContain("ended before the answer did");
});

test("without a model the page says how to get one and sends nothing", async () => {
  const seen = serve(noConversations, on("GET", "/v1/models", { object: "list", data: [] }));
  const { user } = openChat("/chat");
  expect(await screen.findByText("No model is installed yet")).toBeTruthy();
  expect(screen.getByText("council pull")).toBeTruthy();
  await user.type(await write(), "Hello{Enter}");
  expect(seen.some(isQuestion)).toBe(false);
});

test("a server that is away is an error that says so", async () => {
  serve((request) => {
    throw new TypeError(`fetch failed: ${request.url}`);
  });
  openChat("/chat");
  const alerts = await screen.findAllByText(/The server does not answer/);
  expect(alerts.length).toBeGreaterThan(0);
});

test("a stored conversation shows its messages, with the numbers that the ledger has", async () => {
  const old = conversation("old", "Rivers", 2);
  serve(
    on("GET", "/v1/conversations", page([old])),
    models,
    on("GET", "/v1/conversations/old", old),
    on(
      "GET",
      "/v1/conversations/old/messages",
      page([message(1, "user", "Longest river?", "req_0"), message(2, "assistant", "The *Nile*.", "req_0")]),
    ),
    on("GET", "/v1/ledger", page([ledgerEntry("req_0")])),
  );
  openChat("/chat/old");
  expect(await screen.findByText("Longest river?")).toBeTruthy();
  expect(log().getByText("Nile").tagName).toBe("EM");
  expect(await log().findByText("7 + 9 tokens")).toBeTruthy();
  expect(log().getByText("1.5 s")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Rivers" }).getAttribute("aria-current")).toBe("page");
});

test("a conversation that does not exist is an error, and nothing can be sent to it", async () => {
  serve(
    noConversations,
    models,
    on("GET", "/v1/conversations/gone", failure("not_found", "conversation `gone` does not exist"), 404),
  );
  openChat("/chat/gone");
  expect(await screen.findByText("conversation `gone` does not exist")).toBeTruthy();
});

test("Shift+Enter and an input method's Enter do not send", async () => {
  const seen = serve(noConversations, models);
  const { user } = openChat("/chat");
  await screen.findByText(/tiny answers/);
  const box = await write();
  await user.type(box, "one{Shift>}{Enter}{/Shift}two");
  expect((box as HTMLTextAreaElement).value).toBe("one\ntwo");
  fireEvent.keyDown(box, { key: "Enter", isComposing: true });
  fireEvent.keyDown(box, { key: "Enter", keyCode: 229 });
  expect(seen.some(isQuestion)).toBe(false);
});

test("the chosen model is asked, and a fake one is called that under its answer", async () => {
  const answer = new AnswerStream();
  const fake = model("tiny", { owned_by: "scripted (fake)" });
  const seen = serve(
    noConversations,
    on("GET", "/v1/models", { object: "list", data: [model("other", { default: true }), fake] }),
    begun,
    answer.route,
  );
  const { user } = openChat("/chat");
  await screen.findByText(/other answers/);
  await user.selectOptions(await screen.findByRole("combobox", { name: "Model" }), "tiny");
  expect(screen.getByText(/tiny is a stand-in for tests/)).toBeTruthy();
  await user.type(await write(), "Hi{Enter}");
  await screen.findByRole("log");
  act(() => {
    answer.text("Made up.");
    answer.done();
  });
  expect(await log().findByText("scripted (fake)")).toBeTruthy();
  const asked = seen.find(isQuestion);
  expect(await asked?.json()).toMatchObject({ model: "tiny" });
});
