import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { type Route, failure, json, on, serve } from "@/shared/test/server";
import { useDrafts } from "./drafts";
import ExplorePage from "./explore-page";
import { useHistory } from "./history";

const description = on("GET", "/openapi.json", JSON.parse(readFileSync(resolve("../docs/openapi.json"), "utf8")));

beforeEach(() => {
  useDrafts.setState({ drafts: {}, files: {}, toSend: null });
  useHistory.setState({ sent: [] });
  vi.stubGlobal("requestAnimationFrame", (paint: () => void) => setTimeout(paint, 0));
});

async function open(path: string, ...routes: Route[]) {
  const seen = serve(description, ...routes);
  const location = memoryLocation({ path, record: true });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook}><ExplorePage /></Router>
    </QueryClientProvider>,
  );
  await screen.findAllByRole("navigation", { name: "Routes" });
  const sent = () => seen.filter((request) => !request.url.endsWith("/openapi.json"));
  return { user: userEvent.setup(), sent, path: () => location.history.at(-1) };
}

const part = (name: string) => within(screen.getByRole("region", { name }));
const send = () => screen.getByRole("button", { name: "Send" });

test("a route is found by its words and opened at an address of its own", async () => {
  const { user, path } = await open("/explore");
  const [filter] = screen.getAllByRole("searchbox", { name: "Filter routes" });
  if (filter === undefined) throw new Error("no filter");
  await user.type(filter, "search memory");
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent).toBe("POST/v1/memory/search");
  fireEvent.click(document.activeElement as HTMLElement);
  expect(path()).toBe("/explore/search_memory");
  expect(await screen.findByRole("textbox", { name: "query *" })).toBeTruthy();
});

test("form and JSON are one: what is written in one is in the other", async () => {
  const { user } = await open("/explore/search_memory");
  fireEvent.change(await screen.findByRole("textbox", { name: "query *" }), { target: { value: "boiler" } });
  fireEvent.change(screen.getByRole("textbox", { name: "limit" }), { target: { value: "7" } });
  await user.click(screen.getByRole("tab", { name: "JSON" }));
  const text = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "JSON" });
  expect(JSON.parse(text.value)).toEqual({ query: "boiler", limit: 7 });
  fireEvent.change(text, { target: { value: '{"query": "roof", "explain": true}' } });
  await user.click(screen.getByRole("tab", { name: "Form" }));
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "query *" }).value).toBe("roof");
  expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "explain" }).selectedOptions[0]?.textContent).toBe("true");
});

test("what does not fit is said at the field, and by the field's name under JSON", async () => {
  const { user } = await open("/explore/search_memory");
  const limit = await screen.findByRole("textbox", { name: "limit" });
  fireEvent.change(limit, { target: { value: "0.5" } });
  expect(limit.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("must be a whole number")).toBeTruthy();
  expect(screen.getByText("One field does not fit its description")).toBeTruthy();
  await user.click(screen.getByRole("tab", { name: "JSON" }));
  expect(screen.getByText("limit").parentElement?.textContent).toBe("limit must be a whole number");
  fireEvent.change(screen.getByRole("textbox", { name: "JSON" }), { target: { value: "{" } });
  expect(screen.getByText(/This is not JSON/)).toBeTruthy();
});

test("a field that the server refuses is marked with the server's words", async () => {
  const refusal = failure("invalid_request", "`limit` is too much today");
  refusal.error.param = "limit" as unknown as null;
  const { user } = await open("/explore/search_memory", on("POST", "/v1/memory/search", refusal, 400));
  await user.click(await screen.findByRole("button", { name: "Send" }));
  expect(await screen.findByText("`limit` is too much today", { selector: "p" })).toBeTruthy();
  expect(part("Answer").getByText("400")).toBeTruthy();
  fireEvent.change(screen.getByRole("textbox", { name: "limit" }), { target: { value: "4" } });
  expect(screen.queryByText("`limit` is too much today", { selector: "p" })).toBeNull();
});

test("an answer is shown with status, times, size and headers, and sent is what was written", async () => {
  const { user, sent } = await open("/explore/search_memory", on("POST", "/v1/memory/search", { hits: [] }));
  fireEvent.change(await screen.findByRole("textbox", { name: "query *" }), { target: { value: "roof" } });
  fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
  const answer = part("Answer");
  expect(await answer.findByText("200")).toBeTruthy();
  expect(answer.getByText("11 B")).toBeTruthy();
  expect(answer.getByText("First byte")).toBeTruthy();
  expect(answer.getByRole("group", { name: "Body" }).textContent).toBe('{\n  "hits": []\n}');
  await user.click(answer.getByRole("tab", { name: "Headers" }));
  expect(answer.getByText("content-type")).toBeTruthy();
  expect(await sent()[0]?.json()).toEqual({ query: "roof", limit: 5 });
});

test("a stream grows on the page, event by event, and can be stopped", async () => {
  let push: (text: string) => void = () => undefined;
  const stream: Route = (request, url) => {
    if (url.pathname !== "/hybrid/stream") return undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        push = (text) => controller.enqueue(new TextEncoder().encode(text));
        request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const { user } = await open("/explore/hybrid_stream", stream);
  await user.click(await screen.findByRole("button", { name: "Send" }));
  push("data: Rhi");
  push("ne\n\ndata:  and\n\n");
  const answer = part("Answer");
  await waitFor(() => expect(answer.getByRole("group", { name: "Body" }).textContent).toBe("Rhine and"));
  expect(answer.getByText("running")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(await answer.findByText("stopped")).toBeTruthy();
  await user.click(answer.getByRole("tab", { name: "Events 2" }));
  expect(within(answer.getByRole("list", { name: "Events" })).getAllByRole("listitem")).toHaveLength(2);
});

test("what is no text is not shown, and can be saved", async () => {
  const zip: Route = (_, url) =>
    url.pathname === "/v1/memory/agent-zero" ? new Response(new Uint8Array(9), { headers: { "content-type": "application/zip" } }) : undefined;
  const { user } = await open("/explore/export_agent_zero", zip);
  await user.click(send());
  const answer = part("Answer");
  expect(await answer.findByText("The body is application/zip, which is not shown.")).toBeTruthy();
  expect(await answer.findByRole("button", { name: "Save" })).toBeTruthy();
  expect(answer.getByText("9 B")).toBeTruthy();
});

test("what takes away is asked about first, and not sent without a yes", async () => {
  const { user, sent } = await open("/explore/delete_conversation", on("DELETE", "/v1/conversations/conv_1", { deleted: true }));
  const id = await screen.findByRole("textbox", { name: "id *" });
  expect(send()).toHaveProperty("disabled", true);
  expect(screen.getByText("The address needs id")).toBeTruthy();
  fireEvent.change(id, { target: { value: "conv_1" } });
  await user.click(send());
  expect(screen.getByRole("group", { name: "Request" }).textContent).toBe("DELETE /v1/conversations/conv_1");
  expect(sent()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Send it" }));
  expect(await part("Answer").findByText("200")).toBeTruthy();
});

test("what was sent is in the history, survives a reload, is sent again, and is gone when cleared", async () => {
  const { user, sent } = await open("/explore/list_memories", on("GET", "/v1/memory", { data: [] }));
  fireEvent.change(await screen.findByRole("textbox", { name: "Headers" }), { target: { value: "authorization: Bearer secret" } });
  await user.click(send());
  await part("Answer").findByText("200");
  expect(sent()[0]?.headers.get("authorization")).toBe("Bearer secret");
  expect(localStorage.getItem("council.explore.history")).toContain("list_memories");
  expect(localStorage.getItem("council.explore.history")).not.toContain("secret");
  await user.click(part("History").getByRole("button", { name: "Send again" }));
  await waitFor(() => expect(sent()).toHaveLength(2));
  await waitFor(() => expect(part("History").getAllByRole("listitem")).toHaveLength(2));
  await user.click(part("History").getByRole("button", { name: "Clear" }));
  expect(localStorage.getItem("council.explore.history")).toBe("[]");
});

test("several runs are counted and their times compared", async () => {
  let served = 0;
  const { user } = await open("/explore/health", (_, url) => (url.pathname === "/health" ? json({ n: (served += 1) }) : undefined));
  const times = within(await screen.findByRole("region", { name: "Times" }));
  fireEvent.change(times.getByRole("textbox", { name: "Runs" }), { target: { value: "5" } });
  await user.click(times.getByRole("button", { name: "Run" }));
  expect(await times.findByText("Statuses: 200 × 5")).toBeTruthy();
  expect(served).toBe(5);
  expect(times.getByRole("columnheader", { name: "p95" })).toBeTruthy();
  expect(times.getByRole("img", { name: /Distribution/ })).toBeTruthy();
});

test("without an answer the page says so", async () => {
  const { user } = await open("/explore/health");
  await user.click(await screen.findByRole("button", { name: "Send" }));
  expect(await part("Answer").findByText(/The server does not answer/)).toBeTruthy();
});

test("an address that is no route is said to be none", async () => {
  await open("/explore/nothing");
  expect(screen.getByText("This server has no route `nothing`")).toBeTruthy();
});
