import { cleanup, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { AnswerStream, on, serve } from "@/shared/test/server";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";

const write = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Your message" });
const noMessages = (id: string) => on("GET", `/v1/conversations/${id}/messages`, { data: [], has_more: false });

test("what was begun is there again after a reload, in its own conversation only", async () => {
  const server = () => serve(conversationsOf([kept("a", "Rivers"), kept("b", "Seas")]), twoModels, noMessages("a"), noMessages("b"));
  server();
  const { user } = openChat("/chat/a");
  await user.type(await write(), "How long is");
  window.dispatchEvent(new Event("pagehide"));
  cleanup();
  openChat("/chat/b");
  expect((await write()).value).toBe("");
  cleanup();
  openChat("/chat/a");
  expect((await write()).value).toBe("How long is");
});

test("what was sent is no draft any more", async () => {
  const answer = new AnswerStream();
  serve(conversationsOf([]), twoModels, answer.route);
  const { user } = openChat("/chat");
  await user.type(await write(), "Why?{Enter}");
  cleanup();
  openChat("/chat");
  expect((await write()).value).toBe("");
});
