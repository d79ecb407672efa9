import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { type Route, failure, json, on, serve } from "@/shared/test/server";
import { Markdown } from "@/shared/markdown/markdown";
import { RunnableCode } from "./code-tools";
import { useRuns } from "./runs";
import { ToolRuns } from "./tool-runs";

beforeEach(() => useRuns.setState({ runs: {} }));

const limits = { wall_ms: 5_000, memory_bytes: 536_870_912 };
const status = {
  object: "sandbox.status",
  available: true,
  backend: "namespaces",
  tier: "strong",
  languages: [
    { language: "python", available: true },
    { language: "javascript", available: false, reason: "node is not installed" },
  ],
  limits: { default: limits, maximum: limits },
};
const sandbox = on("GET", "/v1/sandbox/status", status);
const result = (more: object = {}) => ({
  status: "ok",
  exit: 0,
  stdout: "",
  stderr: "",
  truncated: { stdout: false, stderr: false, artifacts: false, value: false },
  value: null,
  artifacts: [],
  wall_ms: 12,
  cpu_ms: 10,
  max_rss_bytes: 20_000_000,
  tier: "strong",
  ...more,
});

/** A run that the test writes as it goes. */
class RunStream {
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  readonly route: Route = (request, url) => {
    if (url.pathname !== "/v1/sandbox/run") return undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  send(event: object): void {
    this.#controller?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  }
  finish(more: object = {}): void {
    this.send({ event: "finished", result: result(more) });
    this.#controller?.close();
  }
}

function show(source: string, ...routes: Route[]) {
  const seen = serve(...routes, sandbox);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RunnableCode conversation="conv_1" answer="7">
        <Markdown source={source} />
      </RunnableCode>
    </QueryClientProvider>,
  );
  return { seen, user: userEvent.setup() };
}
const python = "```python\nprint(1)\n```\n";
const runButton = () => screen.findByRole("button", { name: "Run" });

test("before a program runs, the page says what it may use", async () => {
  show(python);
  expect(await screen.findByText("Isolated (strong), without network, at most 5.0 s and 537 MB")).toBeTruthy();
});

test("its output comes while it runs, in the order in which it was written, and then how it ended", async () => {
  const run = new RunStream();
  const { seen, user } = show(python, run.route);
  await user.click(await runButton());
  act(() => run.send({ event: "started", start: "warm" }));
  act(() => run.send({ event: "stdout", text: "one\n" }));
  act(() => run.send({ event: "stderr", text: "oh\n" }));
  act(() => run.send({ event: "stdout", text: "two\n" }));
  await screen.findByText("oh");
  expect(screen.getByRole("group", { name: "Output" }).textContent).toBe("one\noh\ntwo\n");
  expect(screen.getByText("Running")).toBeTruthy();
  act(() => run.finish({ status: "error", exit: 3, value: "42" }));
  expect(await screen.findByText("Failed, exit status 3")).toBeTruthy();
  expect(screen.getByText("in 12 ms")).toBeTruthy();
  expect(screen.getByText("isolated: strong")).toBeTruthy();
  expect(screen.getByText("42")).toBeTruthy();
  const sent = seen.find((request) => request.method === "POST");
  expect(await sent?.json()).toEqual({ language: "python", code: "print(1)", session_id: "conv_1.python", stream: true });
});

test("a plot is shown, and every file can be saved", async () => {
  const run = new RunStream();
  const { user } = show(python, run.route);
  await user.click(await runButton());
  const artifacts = [
    { name: "plot.png", mime: "image/png", size: 70, sha256: "", data: "iVBORw0KGgo=" },
    { name: "page.html", mime: "text/html", size: 9, sha256: "", data: "PGI+aGk8L2I+" },
  ];
  act(() => run.finish({ artifacts }));
  const plot = await screen.findByRole<HTMLImageElement>("img", { name: /plot.png/ });
  expect(plot.getAttribute("src")).toBe("data:image/png;base64,iVBORw0KGgo=");
  expect(screen.getAllByRole("img")).toHaveLength(1);
  const files = within(screen.getByRole("group", { name: "Files" }));
  expect(files.getByRole("button", { name: /page.html/ })).toBeTruthy();
  expect(document.querySelector("iframe, b")).toBeNull();
});

test("a program is stopped in its session, whose variables stay", async () => {
  const run = new RunStream();
  const { seen, user } = show(python, on("POST", "/v1/sandbox/sessions/conv_1.python/interrupt", {}), run.route);
  await user.click(await runButton());
  await user.click(await screen.findByRole("button", { name: "Stop the program" }));
  expect(seen.some(({ url }) => url.endsWith("/conv_1.python/interrupt"))).toBe(true);
  act(() => run.finish({ status: "killed", exit: null, signal: 2 }));
  expect(await screen.findByText("Stopped, signal 2")).toBeTruthy();
});

test("a program that cannot be told to stop is left, which ends it too", async () => {
  const run = new RunStream();
  const gone = on("POST", "/v1/sandbox/sessions/conv_1.python/interrupt", failure("not_found", "no session"), 404);
  const { seen, user } = show(python, gone, run.route);
  await user.click(await runButton());
  await user.click(await screen.findByRole("button", { name: "Stop the program" }));
  expect(await screen.findByRole("button", { name: "Run again" })).toBeTruthy();
  expect(seen.find(({ url }) => url.endsWith("/v1/sandbox/run"))?.signal.aborted).toBe(true);
});

test("a changed program is the one that runs", async () => {
  const run = new RunStream();
  const { seen, user } = show(python, run.route);
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const box = screen.getByRole("textbox", { name: "The program" });
  await user.clear(box);
  await user.type(box, "print(2)");
  await user.click(await runButton());
  const sent = seen.find((request) => request.method === "POST");
  expect(await sent?.json()).toMatchObject({ code: "print(2)" });
});

test("a refused run says why, in the server's words", async () => {
  const refused: Route = (request) =>
    request.method === "POST" ? json(failure("busy", "8 programs run already", "try again in 2 s"), 429) : undefined;
  const { user } = show(python, refused);
  await user.click(await runButton());
  expect((await screen.findByRole("alert")).textContent).toContain("8 programs run already");
});

test("what this machine cannot run says so, and other languages have no button", async () => {
  show("```js\n1\n```\n\n```rust\nfn main() {}\n```\n");
  expect(await screen.findByText("Cannot be run here: node is not installed")).toBeTruthy();
  expect(screen.getAllByRole<HTMLButtonElement>("button", { name: "Run" }).map(({ disabled }) => disabled)).toEqual([true]);
});

test("programs that the answer ran by itself are folded away, with what they wrote", () => {
  render(
    <ToolRuns
      runs={[
        { id: "1", name: "run_code", arguments: '{"language":"python","code":"print(4)"}', status: "ok", result: "4" },
        { id: "2", name: "knowledge_search", arguments: "{broken", status: "failed", result: "no such thing" },
      ]}
    />,
  );
  const steps = screen.getByText("2 steps on the way").closest("details");
  expect(steps?.open).toBe(false);
  expect(steps?.textContent).toContain("print(4)");
  expect(steps?.textContent).toContain("Searched the documents");
  expect(steps?.textContent).toContain("{broken");
});
