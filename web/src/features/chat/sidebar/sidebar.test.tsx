import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { type Route, failure, json, on, serve } from "@/shared/test/server";
import { useToasts } from "@/shared/ui/toasts";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";
import { useDoomed } from "./deletion";
import { marksIn, piecesOf } from "./search";

beforeEach(() => {
  useDoomed.setState({ ids: new Set() });
  useToasts.setState({ toasts: [] });
});

const list = () => screen.findByRole("navigation", { name: "Conversations" });
const menuOf = (title: string) => screen.findByRole("button", { name: `What to do with “${title}”` });
const changes = async (seen: Request[]) =>
  Promise.all(seen.filter(({ method }) => method === "PATCH").map((request) => request.json()));

test("of ten thousand conversations only those in view are on the page, and more come as one scrolls", async () => {
  const all = Array.from({ length: 10_000 }, (_, index) => kept(`c${index}`, `Number ${index}`));
  const seen = serve(conversationsOf(all), twoModels);
  openChat("/chat");
  const nav = await list();
  await within(nav).findByRole("link", { name: "Number 0" });
  expect(within(nav).getAllByRole("link").length).toBeLessThan(60);
  expect(seen.filter(({ url }) => url.includes("pinned=false"))).toHaveLength(1);
  nav.scrollTop = 90 * 36;
  fireEvent.scroll(nav);
  expect(await within(nav).findByRole("link", { name: "Number 90" })).toBeTruthy();
  await waitFor(() => expect(seen.some(({ url }) => url.includes("after=100"))).toBe(true));
  expect(within(nav).queryByRole("link", { name: "Number 0" })).toBeNull();
  expect(within(nav).getAllByRole("link").length).toBeLessThan(60);
});

test("a conversation is renamed where it stands, by Enter, and Esc leaves it as it was", async () => {
  const seen = serve(conversationsOf([kept("a", "Rivers")]), twoModels);
  const { user } = openChat("/chat");
  (await screen.findByRole("link", { name: "Rivers" })).focus();
  await user.keyboard("{F2}");
  await user.keyboard("Seas{Escape}");
  expect(screen.getByRole("link", { name: "Rivers" })).toBeTruthy();
  await user.click(await menuOf("Rivers"));
  await user.click(screen.getByRole("menuitem", { name: "Rename" }));
  await user.clear(screen.getByRole("textbox", { name: "New title" }));
  await user.keyboard("Lakes{Enter}");
  expect(await screen.findByRole("link", { name: "Lakes" })).toBeTruthy();
  expect(await changes(seen)).toEqual([{ title: "Lakes" }]);
});

test("the menu works by keyboard alone", async () => {
  const seen = serve(conversationsOf([kept("a", "Rivers"), kept("b", "Seas")]), twoModels);
  const { user } = openChat("/chat");
  const button = await menuOf("Seas");
  button.focus();
  await user.keyboard("{Enter}");
  expect(document.activeElement?.textContent).toBe("Rename");
  await user.keyboard("{ArrowUp}");
  expect(document.activeElement?.textContent).toBe("Delete");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(button);
  await user.keyboard("{ArrowDown}p{Enter}");
  await waitFor(async () => expect(await changes(seen)).toEqual([{ pinned: true }]));
  const nav = await list();
  await within(nav).findByRole("heading", { name: "Pinned" });
  expect(within(nav).getAllByRole("link").map((link) => link.textContent)).toEqual(["Seas", "Rivers"]);
});

test("a folder is made by naming it, and shows what was moved there", async () => {
  const seen = serve(conversationsOf([kept("a", "Bread"), kept("b", "Taxes")]), twoModels);
  const { user } = openChat("/chat");
  await user.click(await menuOf("Bread"));
  await user.click(screen.getByRole("menuitem", { name: "Move to a folder" }));
  await user.type(await screen.findByRole("textbox", { name: "A new folder" }), "Kitchen{Enter}");
  await waitFor(async () => expect(await changes(seen)).toEqual([{ folder: "Kitchen" }]));
  await user.click(await screen.findByRole("button", { name: "Folder: All conversations" }));
  await user.click(screen.getByRole("menuitemradio", { name: "Kitchen · 1" }));
  const nav = await list();
  expect(await within(nav).findByRole("link", { name: "Bread" })).toBeTruthy();
  expect(within(nav).queryByRole("link", { name: "Taxes" })).toBeNull();
});

test("a conversation is archived, found under Archived, and brought back", async () => {
  const seen = serve(conversationsOf([kept("a", "Bread"), kept("b", "Taxes")]), twoModels);
  const { user } = openChat("/chat");
  await user.click(await menuOf("Bread"));
  await user.click(screen.getByRole("menuitem", { name: "Archive" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Bread" })).toBeNull());
  expect(await screen.findByText("The conversation is archived.")).toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "Folder: All conversations" }));
  await user.click(screen.getByRole("menuitemradio", { name: "Archived" }));
  expect(await within(await list()).findByRole("link", { name: "Bread" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Taxes" })).toBeNull();
  await user.type(screen.getByRole("searchbox"), "brea");
  await waitFor(() => expect(seen.some(({ url }) => url.endsWith("/search"))).toBe(true));
  expect(await seen.findLast(({ url }) => url.endsWith("/search"))?.json()).toMatchObject({ archived: true });
  await user.clear(screen.getByRole("searchbox"));
  await user.click(await menuOf("Bread"));
  await user.click(screen.getByRole("menuitem", { name: "Bring back from the archive" }));
  expect(await screen.findByText("No conversation is archived.")).toBeTruthy();
  expect(await changes(seen)).toEqual([{ archived: true }, { archived: false }]);
});

test("what is deleted comes back within ten seconds, and is gone after them", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const seen = serve(
    conversationsOf([kept("a", "Rivers"), kept("b", "Seas")]),
    twoModels,
    on("GET", "/v1/conversations/a/messages", { data: [], has_more: false }),
  );
  const { user, path } = openChat("/chat", { advanceTimers: vi.advanceTimersByTime });
  const deleted = () => seen.filter(({ method }) => method === "DELETE");
  await user.click(await menuOf("Rivers"));
  await user.click(screen.getByRole("menuitem", { name: "Delete" }));
  expect(screen.queryByRole("link", { name: "Rivers" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("link", { name: "Rivers" })).toBeTruthy();
  await act(() => vi.advanceTimersByTimeAsync(11_000));
  expect(deleted()).toHaveLength(0);

  screen.getByRole("link", { name: "Seas" }).focus();
  await user.keyboard("{Delete}");
  await act(() => vi.advanceTimersByTimeAsync(9_000));
  expect(deleted()).toHaveLength(0);
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(deleted().map(({ url }) => new URL(url).pathname)).toEqual(["/v1/conversations/b"]);
  expect(screen.queryByRole("link", { name: "Seas" })).toBeNull();
  expect(path()).toBe("/chat");
  vi.useRealTimers();
});

test("a deletion that fails says so and puts the conversation back", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const refuses: Route = (request) =>
    request.method === "DELETE" ? json(failure("storage_full", "the disk is full"), 507) : undefined;
  serve(refuses, conversationsOf([kept("a", "Rivers")]), twoModels);
  const { user } = openChat("/chat", { advanceTimers: vi.advanceTimersByTime });
  (await screen.findByRole("link", { name: "Rivers" })).focus();
  await user.keyboard("{Delete}");
  await act(() => vi.advanceTimersByTimeAsync(10_500));
  expect(await screen.findByText("the disk is full")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Rivers" })).toBeTruthy();
  vi.useRealTimers();
});

test("a search shows what it found with the words marked, and leads to the message", async () => {
  const found = {
    conversation: kept("a", "Rivers"),
    message_id: 57,
    role: "assistant",
    created_at: 0,
    snippet: "… the Nile is long …",
    marks: [[6, 10]],
    by: "words",
    score: 1,
  };
  const seen = serve(conversationsOf([], [found]), twoModels);
  const { user } = openChat("/chat");
  await user.type(await screen.findByRole("searchbox"), "nile");
  const hit = await screen.findByRole("link", { name: /the Nile is long/ });
  expect(within(hit).getByText("Nile").tagName).toBe("MARK");
  expect(hit.getAttribute("href")).toBe("/chat/a#57");
  const asked = seen.filter(({ url }) => url.endsWith("/search"));
  expect(await asked.at(-1)?.json()).toEqual({ query: "nile", limit: 50 });
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(hit);
});

test("a search that finds nothing says so, and Esc leads back to all conversations", async () => {
  serve(conversationsOf([kept("a", "Rivers")]), twoModels);
  const { user } = openChat("/chat");
  await user.type(await screen.findByRole("searchbox"), "xyzzy");
  expect(await screen.findByText("Nothing is found for “xyzzy”.")).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("link", { name: "Rivers" })).toBeTruthy();
});

test("a search that fails says why, and can be tried again", async () => {
  let broken = true;
  const sometimes: Route = (_, url) =>
    broken && url.pathname.endsWith("/search") ? json(failure("internal", "the index is locked"), 500) : undefined;
  serve(sometimes, conversationsOf([]), twoModels);
  const { user } = openChat("/chat");
  await user.type(await screen.findByRole("searchbox"), "nile");
  expect((await screen.findByRole("alert")).textContent).toContain("the index is locked");
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/Nothing is found/)).toBeTruthy();
});

test("marks may touch, and one beyond the snippet ends with it", () => {
  expect(piecesOf("abcdef", [[0, 2], [2, 3], [5, 9]])).toEqual([
    { text: "ab", marked: true },
    { text: "c", marked: true },
    { text: "de", marked: false },
    { text: "f", marked: true },
  ]);
});

test("words of a query are found at the beginnings of a title's words, in any case and script", () => {
  expect(marksIn("Brot backen: das Sauerbrot", "brot")).toEqual([[0, 4]]);
  expect(marksIn("Äpfel und Birnen", "birn äpf")).toEqual([[0, 3], [10, 14]]);
  expect(marksIn("c++ (.*)", "(.*)")).toEqual([]);
});
