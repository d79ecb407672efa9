import { act, createEvent, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { AnswerStream, failure, message, model, on, serve } from "@/shared/test/server";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";
import { fakeUploads } from "../test-upload";
import { useTurns } from "../turns";
import { useFiles } from "./files";

beforeEach(() => {
  useFiles.setState({ of: {} });
  useTurns.setState({ turns: {} });
});

const noMessages = on("GET", "/v1/conversations/a/messages", { data: [], has_more: false });
const here = () => [conversationsOf([kept("a", "Rivers")]), twoModels, noMessages] as const;
const write = () => screen.findByRole("textbox", { name: "Your message" });
const choose = async (file: File) => {
  await write();
  const field = document.querySelector<HTMLInputElement>("input[data-files]");
  if (field !== null) fireEvent.change(field, { target: { files: [file] } });
};
const sendButton = () => screen.getByRole<HTMLButtonElement>("button", { name: "Send" });
const stored = (id: string, name: string) => ({
  data: [{ id, name, bytes: 5, kind: "text", pages: null, tokens: 1700, left_out_bytes: 0 }],
});

test("a chosen file shows how far it is, and goes with the question when it is there", async () => {
  const uploads = fakeUploads();
  const answer = new AnswerStream();
  const seen = serve(...here(), answer.route);
  const { user } = openChat("/chat/a");
  await choose(new File(["hello"], "notes.txt", { type: "text/plain" }));
  expect(uploads[0]?.address).toBe("/v1/conversations/a/attachments");
  act(() => uploads[0]?.progress(1, 4));
  expect(screen.getByText("Sending, 25%")).toBeTruthy();
  await user.type(await write(), "What is in it?");
  expect(sendButton().disabled).toBe(true);
  expect(screen.getByText(/It can be sent when every file is there/)).toBeTruthy();
  act(() => uploads[0]?.answer(200, stored("att_1", "notes.txt")));
  expect(await screen.findByText("5 B · 1,700 tokens")).toBeTruthy();
  await user.click(sendButton());
  const asked = seen.find(({ method, url }) => method === "POST" && url.endsWith("/api/chat"));
  expect(await asked?.json()).toMatchObject({ prompt: "What is in it?", attachments: ["att_1"] });
  expect(screen.queryByRole("list", { name: "Files that go with the question" })).toBeNull();
  expect(within(await screen.findByRole("log")).getByText("notes.txt")).toBeTruthy();
});

test("a question that is edited keeps its files", async () => {
  const answer = new AnswerStream();
  const file = { type: "file", file: { id: "att_7", name: "notes.txt", text_bytes: 5, left_out_bytes: 0 } };
  const asked = message(3, "user", "What is in it?", "req_3");
  const messages = { data: [{ ...asked, content: [file, ...asked.content] }], has_more: false };
  const thread = on("GET", "/v1/conversations/a/messages", messages);
  const seen = serve(conversationsOf([kept("a", "Rivers")]), twoModels, thread, answer.route);
  const { user } = openChat("/chat/a");
  await screen.findByText("notes.txt");
  await user.click(screen.getByRole("button", { name: "Change the question" }));
  await user.type(screen.getByRole("textbox", { name: "Your message, changed" }), " Briefly.");
  await user.click(screen.getByRole("button", { name: "Send as a new version" }));
  const question = seen.find(({ method, url }) => method === "POST" && url.endsWith("/api/chat"));
  expect(await question?.json()).toMatchObject({ prompt: "What is in it? Briefly.", attachments: ["att_7"] });
});

test("an image is refused in clear words where no model sees images, and nothing is sent", async () => {
  const uploads = fakeUploads();
  serve(...here());
  const { user } = openChat("/chat/a");
  await screen.findByRole("option", { name: "large" });
  await choose(new File(["x"], "photo.png", { type: "image/png" }));
  expect(await screen.findByText(/^It is an image, and no model here can see images/)).toBeTruthy();
  expect(uploads).toHaveLength(0);
  await user.type(await write(), "Hello");
  expect(sendButton().disabled).toBe(true);
  await user.click(screen.getByRole("button", { name: "Remove photo.png" }));
  expect(sendButton().disabled).toBe(false);
});

const seeing = on("GET", "/v1/models", {
  object: "list",
  data: [model("tiny", { default: true }), model("eagle", { locality: "remote", capabilities: { chat: true, tools: false, vision: true } })],
});
const png = () => new File(["x"], "cat.png", { type: "image/png" });

test("an image is seen as a thumbnail before it goes, and as a picture once it went", async () => {
  const uploads = fakeUploads();
  const answer = new AnswerStream();
  const chosen = kept("a", "Rivers", { settings: { model: "eagle" } });
  const seen = serve(conversationsOf([chosen]), seeing, noMessages, answer.route);
  const { user } = openChat("/chat/a");
  await choose(png());
  const [sent] = stored("att_1", "cat.png").data;
  act(() => uploads[0]?.answer(200, { data: [{ ...sent, kind: "image" }] }));
  const list = await screen.findByRole("list", { name: "Files that go with the question" });
  expect(list.querySelector("img")?.getAttribute("src")).toMatch(/^blob:/);
  expect(screen.queryByText(/cannot see images/)).toBeNull();
  await user.type(await write(), "What is this?{Enter}");
  const asked = seen.find(({ method, url }) => method === "POST" && url.endsWith("/api/chat"));
  expect(await asked?.json()).toMatchObject({ model: "eagle", attachments: ["att_1"] });
  const picture = await within(await screen.findByRole("log")).findByRole("img", { name: "cat.png" });
  expect(picture.getAttribute("src")).toBe("/v1/conversations/a/attachments/att_1");
  act(() => answer.done());
});

test("beside an image that the chosen model cannot see stands one that can, a click away", async () => {
  const uploads = fakeUploads();
  const all = [kept("a", "Rivers", { settings: { model: "tiny" } })];
  serve(conversationsOf(all), seeing, noMessages);
  const { user } = openChat("/chat/a");
  await choose(png());
  const [sent] = stored("att_1", "cat.png").data;
  act(() => uploads[0]?.answer(200, { data: [{ ...sent, kind: "image" }] }));
  expect(await screen.findByText("tiny cannot see images.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Ask eagle" }));
  await waitFor(() => expect(screen.queryByText("tiny cannot see images.")).toBeNull());
  expect(all[0]?.settings.model).toBe("eagle");
});

test("an image of another kind, or a larger one than the server takes, says so before it is sent", async () => {
  const uploads = fakeUploads();
  serve(conversationsOf([kept("a", "Rivers")]), seeing, noMessages);
  openChat("/chat/a");
  await screen.findByRole("option", { name: /sees images/ });
  await choose(new File(["x"], "film.gif", { type: "image/gif" }));
  expect(await screen.findByText(/Save it as PNG, JPEG or WebP/)).toBeTruthy();
  await choose(new File([new Uint8Array(5 * 1024 * 1024 + 1)], "big.png", { type: "image/png" }));
  expect(await screen.findByText(/An image has at most 5/)).toBeTruthy();
  expect(uploads).toHaveLength(0);
});

test("a file that is too large says what the server says of it", async () => {
  const uploads = fakeUploads();
  serve(...here());
  openChat("/chat/a");
  await choose(new File(["x"], "big.pdf", { type: "application/pdf" }));
  act(() => uploads[0]?.answer(413, failure("body_too_large", "a document has at most 64 MiB", "raise `knowledge.file_mib`")));
  expect(await screen.findByText("a document has at most 64 MiB; raise `knowledge.file_mib`")).toBeTruthy();
});

test("a connection that breaks off while a file is sent says so", async () => {
  const uploads = fakeUploads();
  serve(...here());
  openChat("/chat/a");
  await choose(new File(["x"], "big.pdf"));
  act(() => uploads[0]?.breakOff());
  expect(await screen.findByText(/The connection broke off while it was sent/)).toBeTruthy();
});

test("a file that is taken back is no longer sent", async () => {
  const uploads = fakeUploads();
  serve(...here());
  const { user } = openChat("/chat/a");
  await choose(new File(["x"], "notes.txt"));
  await user.click(await screen.findByRole("button", { name: "Remove notes.txt" }));
  expect(uploads[0]?.aborted).toBe(true);
  expect(screen.queryByText("notes.txt")).toBeNull();
});

test("pasted files are attached, and pasted text stays text", async () => {
  const uploads = fakeUploads();
  serve(...here());
  openChat("/chat/a");
  const box = await write();
  const file = new File(["x"], "paste.txt");
  fireEvent.paste(box, { clipboardData: { files: [file], getData: () => "cells of a table" } });
  expect(uploads).toHaveLength(0);
  fireEvent.paste(box, { clipboardData: { files: [file], getData: () => "" } });
  expect(uploads).toHaveLength(1);
});

test("files that are dropped anywhere on the page are attached, and do not open in its place", async () => {
  const uploads = fakeUploads();
  serve(...here());
  openChat("/chat/a");
  await write();
  const dropped = createEvent.drop(document.body, {
    dataTransfer: { types: ["Files"], files: [new File(["x"], "dropped.txt")] },
  });
  fireEvent(document.body, dropped);
  expect(await screen.findByText("dropped.txt")).toBeTruthy();
  expect(dropped.defaultPrevented).toBe(true);
  expect(uploads).toHaveLength(1);
});

test("the beginning of a file can be looked at", async () => {
  fakeUploads();
  serve(...here());
  const { user } = openChat("/chat/a");
  await choose(new File(["first line"], "notes.txt"));
  await user.click(await screen.findByText("notes.txt"));
  expect(await screen.findByText("first line")).toBeTruthy();
});

test("an incognito chat takes no files", async () => {
  const uploads = fakeUploads();
  serve(conversationsOf([]), twoModels);
  openChat("/chat/incognito");
  await choose(new File(["x"], "notes.txt"));
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: /keeps no files/ }).disabled).toBe(true));
  expect(uploads).toHaveLength(0);
});
