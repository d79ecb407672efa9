import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { type Route, json, message, on, page, serve } from "@/shared/test/server";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";
import { rangesIn } from "./marks";

afterEach(() => history.replaceState(null, "", "/"));

const messages = [
  message(1, "user", "Which rivers are long?", "r1"),
  message(2, "assistant", "The Nile is a river.", "r1"),
  message(3, "user", "And lakes?", "r2"),
  message(4, "assistant", "A lake is no river.", "r2"),
];
const found = (id: number, active = true) => ({ message_id: id, role: "assistant", depth: id, matches: 1, active });

function open(hits: object[], ...routes: Route[]) {
  const searched: Route = (_, url) => (url.pathname === "/v1/conversations/a/search" ? json({ object: "list", data: hits }) : undefined);
  const seen = serve(
    ...routes,
    searched,
    on("GET", "/v1/conversations/a/messages", page(messages)),
    on("GET", "/v1/turns", { data: [] }),
    on("GET", "/v1/ledger", page([])),
    conversationsOf([kept("a", "Waters", { message_count: 4, leaf_id: 4 })]),
    twoModels,
  );
  return { seen, ...openChat("/chat/a") };
}
const field = () => screen.findByRole("textbox", { name: "Find in this conversation" });

test("Ctrl+F finds in the open conversation: Enter goes on and around, Shift+Enter back, and Esc ends it", async () => {
  const { user, seen } = open([found(2), found(4)]);
  await screen.findByText("A lake is no river.");
  await user.keyboard("{Control>}f{/Control}");
  await user.type(await field(), "river");
  expect(await screen.findByText("1 of 2 messages")).toBeTruthy();
  expect(location.hash).toBe("#2");
  await user.keyboard("{Enter}");
  expect(await screen.findByText("2 of 2 messages")).toBeTruthy();
  expect(location.hash).toBe("#4");
  await user.keyboard("{Enter}");
  expect(location.hash).toBe("#2");
  await user.keyboard("{Shift>}{Enter}{/Shift}");
  expect(location.hash).toBe("#4");
  const asked = seen.filter(({ url }) => url.endsWith("/search"));
  expect(await asked.at(-1)?.json()).toEqual({ text: "river" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("search")).toBeNull());
});

test("what another version says is shown when one goes there", async () => {
  const { user, seen } = open([found(9, false)]);
  await screen.findByText("A lake is no river.");
  await user.keyboard("{Control>}f{/Control}");
  await user.type(await field(), "sea");
  await waitFor(() => expect(seen.some(({ method }) => method === "PATCH")).toBe(true));
  expect(await seen.find(({ method }) => method === "PATCH")?.json()).toEqual({ leaf_id: 9 });
});

test("where nothing is found it is said, and there is nowhere to go", async () => {
  const { user } = open([]);
  await screen.findByText("A lake is no river.");
  await user.keyboard("{Control>}f{/Control}");
  await user.type(await field(), "xyzzy");
  const bar = within(screen.getByRole("search"));
  expect(await bar.findByText("Nothing found")).toBeTruthy();
  expect(bar.getByRole<HTMLButtonElement>("button", { name: "Next message" }).disabled).toBe(true);
});

test("in a chat that holds nothing yet the browser's own search is left alone", async () => {
  serve(conversationsOf([]), twoModels);
  openChat("/chat");
  await screen.findByRole("searchbox");
  const key = new KeyboardEvent("keydown", { key: "f", ctrlKey: true, bubbles: true, cancelable: true });
  act(() => void document.body.dispatchEvent(key));
  expect(key.defaultPrevented).toBe(false);
});

test("a text is marked in any case, and signs in it mean themselves", () => {
  const root = document.createElement("div");
  root.append("Äpfel (äpfel) ", Object.assign(document.createElement("b"), { textContent: "a.b axb" }));
  expect(rangesIn(root, "ÄPFEL").map(String)).toEqual(["Äpfel", "äpfel"]);
  expect(rangesIn(root, "a.b").map(String)).toEqual(["a.b"]);
});
