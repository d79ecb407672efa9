import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { AnswerStream, on, serve } from "@/shared/test/server";
import { useChosenModel } from "../chosen-model";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";
import { useTurns } from "../turns";
import { useLocalSettings, useMemoryUse } from "./local-settings";

beforeEach(() => {
  useTurns.setState({ turns: {} });
  useChosenModel.setState({ id: null });
  useLocalSettings.setState({ of: {} });
  useMemoryUse.setState({ of: {} });
});

const write = () => screen.findByRole("textbox", { name: "Your message" });
const options = () => screen.findByRole("button", { name: /^How it answers/ });
const asked = async (seen: Request[]) =>
  seen.find(({ method, url }) => method === "POST" && url.endsWith("/api/chat"))?.json();
const noMessages = on("GET", "/v1/conversations/a/messages", { data: [], has_more: false });

test("what is chosen for a new chat goes with its first question and is kept with the conversation", async () => {
  const all = [kept("other", "Other")];
  const answer = new AnswerStream();
  const seen = serve(conversationsOf(all), twoModels, answer.route);
  const { user } = openChat("/chat");
  await user.click(await options());
  const dialog = within(await screen.findByRole("dialog", { name: "How it answers" }));
  await user.selectOptions(dialog.getByRole("combobox", { name: "Who answers" }), "Teacher");
  await user.selectOptions(dialog.getByRole("combobox", { name: "Memory" }), "Neither");
  await user.type(dialog.getByRole("textbox", { name: "Temperature" }), "0.2");
  await user.click(dialog.getByRole("button", { name: "Done" }));
  expect((await options()).textContent).toBe("Teacher · Memory off · Temperature 0.2");

  await user.type(await write(), "Why?{Enter}");
  expect(await asked(seen)).toMatchObject({
    system: expect.stringMatching(/^Explain step by step/),
    memory: "off",
    temperature: 0.2,
  });
  act(() => answer.done());
  const made = seen.find(({ method, url }) => method === "POST" && url.endsWith("/v1/conversations"));
  expect(await made?.json()).toMatchObject({
    title: "Why?",
    settings: { system: expect.stringMatching(/^Explain/), temperature: 0.2 },
  });
  expect((await options()).textContent).toBe("Teacher · Memory off · Temperature 0.2");
});

test("a number out of range is said and not taken", async () => {
  const seen = serve(conversationsOf([kept("a", "Rivers")]), twoModels, noMessages);
  const { user } = openChat("/chat/a");
  await user.click(await options());
  const field = await screen.findByRole("textbox", { name: "Temperature" });
  await user.type(field, "3");
  await user.tab();
  expect(screen.getByText("This must be a number from 0 to 2, or empty.")).toBeTruthy();
  expect(seen.some(({ method }) => method === "PATCH")).toBe(false);
  await user.clear(field);
  await user.type(field, "1,5");
  await user.tab();
  await waitFor(async () => {
    const change = seen.find(({ method }) => method === "PATCH");
    expect(await change?.clone().json()).toEqual({ settings: { temperature: 1.5 } });
  });
});

test("instructions of one's own can be kept under a name and chosen in another conversation", async () => {
  const all = [kept("a", "Rivers")];
  serve(conversationsOf(all), twoModels, noMessages);
  const { user } = openChat("/chat/a");
  await user.click(await options());
  await user.type(await screen.findByRole("textbox", { name: "Instructions" }), "Answer in rhymes.");
  await user.tab();
  await user.type(await screen.findByRole("textbox", { name: "Name for these instructions" }), "Poet");
  await user.click(screen.getByRole("button", { name: "Keep" }));
  await user.selectOptions(screen.getByRole("combobox", { name: "Who answers" }), "Nobody in particular");
  await waitFor(() => expect(all[0]?.settings?.system).toBeNull());
  await user.selectOptions(screen.getByRole("combobox", { name: "Who answers" }), "Poet");
  await waitFor(() => expect(all[0]?.settings?.system).toBe("Answer in rhymes."));
});

test("an incognito chat says what it is, asks incognito, and is neither named nor given an address", async () => {
  const answer = new AnswerStream();
  const seen = serve(conversationsOf([]), twoModels, answer.route);
  const { user, path } = openChat("/chat/incognito");
  expect(await screen.findByText(/Nothing of this chat is stored/)).toBeTruthy();
  await user.type(await write(), "A secret{Enter}");
  expect(await asked(seen)).toMatchObject({ prompt: "A secret", incognito: true, history: [] });
  act(() => {
    answer.text("Nobody hears.");
    answer.done();
  });
  await screen.findByText("12 + 3 tokens");
  expect(path()).toBe("/chat/incognito");
  const next = new AnswerStream();
  const further = serve(next.route, conversationsOf([]), twoModels);
  await user.type(await write(), "And more{Enter}");
  expect(await asked(further)).toMatchObject({
    prompt: "And more",
    incognito: true,
    history: [
      { role: "user", content: "A secret" },
      { role: "assistant", content: "Nobody hears." },
    ],
  });
  act(() => next.done());
  expect(seen.some(({ method }) => method === "PATCH")).toBe(false);
  expect(localStorage.getItem("council.draft.incognito")).toBeNull();
});
