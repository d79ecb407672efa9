import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { on, serve } from "@/shared/test/server";
import type { ContextUse } from "../chat-api";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";

const use = (more: Partial<ContextUse>) =>
  on("POST", "/v1/conversations/a/context", {
    model: "tiny",
    context_length: 4096,
    used_tokens: 2930,
    answer_tokens: 1024,
    memory_tokens: 512,
    fits: true,
    messages: 12,
    omitted_messages: 0,
    exact: true,
    ...more,
  });
const noMessages = on("GET", "/v1/conversations/a/messages", { data: [], has_more: false });
const server = (more: Partial<ContextUse>) => serve(conversationsOf([kept("a", "Rivers")]), twoModels, noMessages, use(more));
const meter = () => screen.findByRole("meter", { name: "Context" });
const write = () => screen.findByRole("textbox", { name: "Your message" });

test("the meter says what the conversation and the draft take of the context", async () => {
  const seen = server({});
  const { user } = openChat("/chat/a");
  expect((await meter()).getAttribute("aria-valuetext")).toBe(
    "2,930 of 4,096 tokens. 12 messages before this one; 1,024 are kept for the answer and 512 for memories.",
  );
  await user.type(await write(), "How long?");
  await waitFor(async () => {
    const counted = seen.filter(({ url }) => url.endsWith("/context"));
    expect(await counted.at(-1)?.clone().json()).toEqual({ prompt: "How long?" });
    // Once when the page opened and once when the writing rested, and not for each letter.
    expect(counted).toHaveLength(2);
  });
});

test("what does not fit is said, and so is an estimate", async () => {
  server({ omitted_messages: 3, exact: false });
  openChat("/chat/a");
  expect(await screen.findByText("The 3 oldest messages do not fit, and the model will not see them.")).toBeTruthy();
  expect(screen.getByText("about 2,930 of 4,096 tokens")).toBeTruthy();
});

test("a message that is longer than the context says so before it is sent", async () => {
  server({ used_tokens: 5000, messages: 0, fits: false });
  openChat("/chat/a");
  expect(await screen.findByText(/This is longer than the model's context/)).toBeTruthy();
});
