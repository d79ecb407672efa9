import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { message, on, serve } from "@/shared/test/server";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";
import { showOverlay } from "./overlay";

beforeEach(() => showOverlay(null));

const noMessages = (id: string) => on("GET", `/v1/conversations/${id}/messages`, { data: [], has_more: false });
const write = () => screen.findByRole("textbox", { name: "Your message" });

test("Ctrl+K opens the commands, and Enter runs the one that was found", async () => {
  serve(conversationsOf([]), twoModels);
  const { user, path } = openChat("/chat");
  await write();
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByPlaceholderText("What do you want to do?"), "monitor");
  expect(screen.getAllByRole("option").map((option) => option.textContent)).toContain("Monitor");
  await user.keyboard("{Enter}");
  expect(path()).toBe("/monitor");
  expect(screen.queryByPlaceholderText("What do you want to do?")).toBeNull();
});

test("the commands find conversations too and open them at the message", async () => {
  const hit = { conversation: kept("a", "Rivers"), message_id: 9, role: "user", created_at: 0, snippet: "the Nile", marks: [], by: "meaning", score: 1 };
  serve(conversationsOf([kept("a", "Rivers")], [hit]), twoModels, noMessages("a"));
  const { user, path } = openChat("/chat");
  await write();
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByPlaceholderText("What do you want to do?"), "long water");
  await user.click(await screen.findByRole("option", { name: /the Nile/ }));
  expect(path()).toBe("/chat/a#9");
});

test("a model and a persona are chosen for the open conversation alone", async () => {
  const all = [kept("a", "Rivers"), kept("b", "Seas")];
  const seen = serve(conversationsOf(all), twoModels, noMessages("a"));
  const { user } = openChat("/chat/a");
  await write();
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByPlaceholderText("What do you want to do?"), "large{Enter}");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByPlaceholderText("What do you want to do?"), "brief{Enter}");
  await waitFor(async () => {
    const changes = seen.filter(({ method }) => method === "PATCH").map(({ url }) => new URL(url).pathname);
    expect(changes).toEqual(["/v1/conversations/a", "/v1/conversations/a"]);
  });
  expect(all[1]?.settings?.model).toBeNull();
});

test("`/` leads to the message and `?` shows the shortcuts, but not while one writes", async () => {
  serve(conversationsOf([]), twoModels);
  const { user } = openChat("/chat");
  const box = await write();
  await user.click(box);
  await user.keyboard("/?");
  expect((box as HTMLTextAreaElement).value).toBe("/?");
  expect(screen.queryByRole("dialog", { name: "Keyboard shortcuts" })).toBeNull();
  box.blur();
  await user.keyboard("/");
  expect(document.activeElement).toBe(box);
  expect((box as HTMLTextAreaElement).value).toBe("/?");
  box.blur();
  await user.keyboard("?");
  expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeTruthy();
});

test("Ctrl+Shift+O begins a new chat, while one writes too", async () => {
  serve(conversationsOf([kept("a", "Rivers")]), twoModels, noMessages("a"));
  const { user, path } = openChat("/chat/a");
  await user.click(await write());
  await user.keyboard("{Control>}{Shift>}o{/Shift}{/Control}");
  expect(path()).toBe("/chat");
});

test("the arrow up opens the last question for editing, but only where nothing is written", async () => {
  const said = (id: number, text: string) => ({ ...message(id, "user", text, `req_${id}`), parent_id: id - 1 });
  const messages = { data: [said(1, "First"), said(2, "Second")], has_more: false };
  serve(conversationsOf([kept("a", "Rivers")]), twoModels, on("GET", "/v1/conversations/a/messages", messages));
  const { user } = openChat("/chat/a");
  await screen.findByText("Second");
  await user.click(await write());
  await user.keyboard("x{ArrowUp}");
  expect(screen.queryByRole("textbox", { name: "Your message, changed" })).toBeNull();
  await user.keyboard("{Backspace}{ArrowUp}");
  const edited = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Your message, changed" });
  expect(edited.value).toBe("Second");
});
