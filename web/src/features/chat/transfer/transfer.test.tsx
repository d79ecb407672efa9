import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { failure, json, on, serve } from "@/shared/test/server";
import { showOverlay } from "../palette/overlay";
import { conversationsOf, kept, openChat, twoModels } from "../test-chat";
import { fakeUploads } from "../test-upload";
import { nameIn } from "./export";

beforeEach(() => showOverlay(null));

const exportRoute = (response: () => Response) => (_: Request, url: URL) =>
  url.pathname.endsWith("/export") ? response() : undefined;

async function open() {
  const opened = openChat("/chat");
  await opened.user.click(await screen.findByRole("button", { name: "More" }));
  return opened;
}

test("a conversation is saved under the name that the server gives it", async () => {
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  const file = () =>
    new Response("# Rivers", { headers: { "content-disposition": "attachment; filename*=UTF-8''Fl%C3%BCsse.md" } });
  const seen = serve(exportRoute(file), conversationsOf([kept("a", "Flüsse")]), twoModels);
  const { user } = openChat("/chat");
  await user.click(await screen.findByRole("button", { name: "What to do with “Flüsse”" }));
  await user.click(screen.getByRole("menuitem", { name: "Export as Markdown" }));
  expect(await screen.findByText("Flüsse.md is saved.")).toBeTruthy();
  expect(saved).toEqual(["Flüsse.md"]);
  expect(seen.some(({ url }) => url.endsWith("/v1/conversations/a/export?format=md"))).toBe(true);
});

test("an export that fails is told and not saved", async () => {
  const refused = () => json(failure("internal", "something went wrong"), 500);
  serve(exportRoute(refused), conversationsOf([]), twoModels);
  const { user } = await open();
  await user.click(screen.getByRole("menuitem", { name: "Export all conversations" }));
  expect(await screen.findByText("something went wrong")).toBeTruthy();
});

test("an import says how far it is and reports what came of it", async () => {
  const uploads = fakeUploads();
  const seen = serve(conversationsOf([]), twoModels, on("GET", "/v1/memory/stats", { waiting: 1 }));
  const { user } = await open();
  await user.click(screen.getByRole("menuitem", { name: "Import conversations" }));
  await screen.findByRole("dialog", { name: "Import conversations" });
  const field = document.querySelector<HTMLInputElement>("input[data-import]");
  if (field !== null) fireEvent.change(field, { target: { files: [new File(["[]"], "conversations.json")] } });
  expect(uploads[0]?.address).toBe("/v1/conversations/import");
  act(() => uploads[0]?.progress(1, 2));
  expect(screen.getByText("Sending, 50%")).toBeTruthy();
  const before = seen.length;
  act(() =>
    uploads[0]?.answer(200, {
      imported: 3,
      existing: 1,
      failed: 1,
      remembered: 4,
      error: "not valid JSON at line 7",
      conversations: [
        { id: "c1", title: "Rivers", program: "chatgpt", status: "imported", messages: 2, left_out: ["2 × images"], error: null },
        { id: "c2", title: "Whole", program: "chatgpt", status: "imported", messages: 2, left_out: [], error: null },
        { id: null, title: "Broken", program: "chatgpt", status: "failed", messages: 0, left_out: [], error: "it has no messages" },
      ],
    }),
  );
  expect(await screen.findByText("3 conversations came from ChatGPT.")).toBeTruthy();
  expect(await screen.findByText(/^3 of 4 passages are found by their meaning already/)).toBeTruthy();
  expect(screen.getByText("One was there already. 1 could not be read.")).toBeTruthy();
  expect(screen.getByText("Left out: 2 × images")).toBeTruthy();
  expect(screen.getByText("not valid JSON at line 7")).toBeTruthy();
  expect(screen.getByText("it has no messages")).toBeTruthy();
  expect(screen.queryByText("Whole")).toBeNull();
  await waitFor(() => expect(seen.slice(before).some(({ url }) => url.includes("/v1/conversations?"))).toBe(true));
});

test("a file that is none of conversations is an error that says why", async () => {
  const uploads = fakeUploads();
  serve(conversationsOf([]), twoModels);
  const { user } = await open();
  await user.click(screen.getByRole("menuitem", { name: "Import conversations" }));
  await screen.findByRole("dialog", { name: "Import conversations" });
  const field = document.querySelector<HTMLInputElement>("input[data-import]");
  if (field !== null) fireEvent.change(field, { target: { files: [new File(["x"], "photo.json")] } });
  act(() => uploads[0]?.answer(400, failure("invalid_request", "the file is not an export that is known")));
  expect((await screen.findByRole("alert")).textContent).toContain("the file is not an export that is known");
});

test("a file's name is read in both of its forms", () => {
  expect(nameIn('attachment; filename="a.md"')).toBe("a.md");
  expect(nameIn(`attachment; filename="a.md"; filename*=UTF-8''%C3%A4.md`)).toBe("ä.md");
  expect(nameIn(null)).toBeNull();
});
