import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Route as PageRoute, Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { type Route, failure, json, on, page, serve } from "@/shared/test/server";
import { Toasts } from "@/shared/ui/toasts";
import AdminPage from "./admin-page";
import { change, entry, machine, pull, setting, settingsRoute, share, usual } from "./test-server";

function open(path: string, ...routes: Route[]) {
  const seen = serve(...routes, ...usual);
  const location = memoryLocation({ path });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook}>
        <PageRoute path="/admin/:section">{({ section }) => <AdminPage section={section} />}</PageRoute>
        <Toasts />
      </Router>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), seen };
}

const body = (requests: Request[], method: string) =>
  requests.find((request) => request.method === method)?.clone().json();

test("a setting says what it does, its default and from when on it counts, and is changed and set back", async () => {
  const { user, seen } = open("/admin/routing", settingsRoute([share("routing.accept.math", 0.7)]));
  expect(await screen.findByText("Default 0.7")).toBeTruthy();
  expect(screen.getByText(/from which a model's answer is accepted/)).toBeTruthy();
  expect(screen.getByText("Counts from the next answer")).toBeTruthy();
  const field = screen.getByRole("textbox", { name: "Accept: mathematics" });
  await user.clear(field);
  await user.type(field, "0.9");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Accept: mathematics is changed")).toBeTruthy();
  expect(await body(seen, "PATCH")).toEqual({ values: { "routing.accept.math": 0.9 } });
  await user.click(screen.getByRole("button", { name: "Reset Accept: mathematics" }));
  expect(await screen.findByText("Accept: mathematics is as configured")).toBeTruthy();
  await waitFor(() =>
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Accept: mathematics" }).value).toBe("0.7"),
  );
});

test("a number out of range is refused before it is sent", async () => {
  const { user, seen } = open("/admin/routing", settingsRoute([share("routing.accept.math", 0.7)]));
  const field = await screen.findByRole("textbox", { name: "Accept: mathematics" });
  await user.clear(field);
  await user.type(field, "1.5{Enter}");
  expect(screen.getByText("At most 1.")).toBeTruthy();
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  expect(seen.some((request) => request.method === "PATCH")).toBe(false);
});

test("what the server refuses is taken back and said", async () => {
  const refused: Route = (request) =>
    request.method === "PATCH" ? json(failure("invalid_request", "`cloud.enabled` cannot be on here"), 400) : undefined;
  const settings = settingsRoute([setting("cloud.enabled", { group: "routing" })]);
  const { user } = open("/admin/routing", refused, settings);
  const control = await screen.findByRole("switch", { name: "Cloud models" });
  await user.click(control);
  expect(await screen.findByText(/was not changed: `cloud.enabled` cannot be on here/)).toBeTruthy();
  await waitFor(() => expect(screen.getByRole("switch", { name: "Cloud models" }).getAttribute("aria-checked")).toBe("false"));
});

test("settings are found across sections by what they do", async () => {
  const all = [share("routing.accept.math", 0.7), setting("memory.extract"), setting("memory.summaries")];
  const { user } = open("/admin/routing", settingsRoute(all));
  await user.type(screen.getByRole("searchbox", { name: "Search settings" }), "facts learnt");
  expect(await screen.findByRole("heading", { name: "1 setting" })).toBeTruthy();
  expect(screen.getByRole("switch", { name: "Learn facts" })).toBeTruthy();
  await user.type(screen.getByRole("searchbox", { name: "Search settings" }), " nonsense");
  expect(await screen.findByText("No setting is called that")).toBeTruthy();
});

test("a setting that is not in force says why", async () => {
  const odd = share("routing.accept.math", 0.7);
  open("/admin/routing", settingsRoute([{ ...odd, since: 1, problem: "`vote.quorum` is 5 of 3 voices" }]));
  expect((await screen.findByRole("alert")).textContent).toBe("`vote.quorum` is 5 of 3 voices");
});

test("a change is undone, and one that was changed again only when somebody insists", async () => {
  const undo: Route = (_, url) => {
    if (url.pathname !== "/v1/audit/7/undo") return undefined;
    return url.searchParams.get("force") === "true"
      ? json({ object: "list", data: [] })
      : json(failure("conflict", "it was changed again since"), 409);
  };
  const { user, seen } = open("/admin/changes", undo, on("GET", "/v1/audit", page([change(7)])));
  await user.click(await screen.findByRole("button", { name: "Undo the change of Accept: mathematics" }));
  const dialog = within(await screen.findByRole("dialog", { name: "It was changed again since" }));
  expect(dialog.getByText("it was changed again since")).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Undo all the same" }));
  expect(await screen.findByText("Accept: mathematics is as it was before")).toBeTruthy();
  expect(seen.filter((request) => request.method === "POST")).toHaveLength(2);
});

test("everything is stopped after a question, and nothing before it", async () => {
  const stopped = on("POST", "/v1/panic", { active: true, at: 1, stopped_turns: 2, cloud_enabled: false, local_only: true, running_turns: 0 });
  const { user, seen } = open("/admin/routing", stopped, settingsRoute([]));
  await user.click(screen.getByRole("button", { name: "Stop everything" }));
  expect(seen.some((request) => request.method === "POST")).toBe(false);
  const dialog = within(await screen.findByRole("dialog", { name: "Stop everything?" }));
  await user.click(dialog.getByRole("button", { name: "Stop everything" }));
  expect(await screen.findByText("2 answers were stopped")).toBeTruthy();
});

test("models show what they need, and a pull shows how far it is", async () => {
  const pulled: Route = (request, url) =>
    request.method === "POST" && url.pathname === "/v1/models/pull" ? json(pull(1, { model: "large" }), 202) : undefined;
  const list = [entry("tiny", { installed: true }), entry("large", { fit: "too_large", needs_bytes: 9e9, reason: "needs 9 GB" })];
  const catalog = on("GET", "/v1/models/catalog", { object: "list", machine, data: list });
  const { user } = open("/admin/models", pulled, catalog, settingsRoute([]));
  const row = within((await screen.findByText("large")).closest("tr") ?? document.body);
  expect(row.getByText(/too large, needs 9 GB, 4 GB free/)).toBeTruthy();
  expect(row.getByRole("meter").getAttribute("aria-valuetext")).toBe("needs 9 GB");
  await user.click(screen.getByRole("button", { name: "Pull large" }));
  expect(await screen.findByText("downloading")).toBeTruthy();
  expect(screen.getByText(/100 MB of 400 MB · 10 MB\/s · 30.0 s left/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Cancel the pull of large" })).toBeTruthy();
});

test("a benchmark tells its speed, and one that is refused why", async () => {
  const measured = on("POST", "/v1/models/tiny/benchmark", {
    model: "tiny",
    first_token_ms: 240,
    prompt_tokens: 200,
    prompt_tokens_per_second: 830,
    answer_tokens: 64,
    tokens_per_second: 21.4,
    at: 0,
  });
  const catalog = on("GET", "/v1/models/catalog", { object: "list", machine, data: [entry("tiny", { installed: true })] });
  const { user } = open("/admin/models", measured, catalog, settingsRoute([]));
  await user.click(await screen.findByRole("button", { name: "Benchmark tiny" }));
  expect(await screen.findByText(/21.4 tokens\/s, first token after 240 ms/)).toBeTruthy();
});

test("a provider's key is sent and never shown", async () => {
  const provider = { name: "acme", host: "api.example.org", local: false, has_key: true, breaker: "closed", usage_estimated: 0 };
  const status = on("GET", "/admin/status", { cloud_enabled: true, local_only: false, sandbox_enabled: true, status: "ok", privacy: {}, providers: [provider] });
  const budget = on("GET", "/budget", { spent_today_usd: 0.9, daily_budget_usd: 1, spent_month_usd: 3, reserved_usd: 0 });
  const stored = on("POST", "/admin/apikey/acme", { provider: "acme", status: "stored" });
  const { user, seen } = open("/admin/cloud", status, budget, stored, settingsRoute([]));
  const field = await screen.findByLabelText<HTMLInputElement>("New key of acme");
  expect(field.type).toBe("password");
  await user.type(field, "sk-1");
  await user.click(screen.getByRole("button", { name: "Save key" }));
  expect(await screen.findByText("The key of acme is kept")).toBeTruthy();
  expect(await body(seen, "POST")).toEqual({ key: "sk-1" });
  expect(field.value).toBe("");
  expect(screen.getByRole("meter", { name: "Today" }).getAttribute("aria-valuenow")).toBe("90");
});

test("the self-test is run on demand, and what got through comes first", async () => {
  const attack = (name: string, verdict: string) => ({ name, group: "files", harm: "", verdict, detail: `${name} did`, took_ms: 1 });
  const status = on("GET", "/v1/sandbox/status", {
    available: true,
    backend: "namespaces",
    tier: "strong",
    layers: [{ name: "seccomp", enforced: true, required: true }],
    languages: [],
    rejected: [],
  });
  const result = on("POST", "/v1/sandbox/selftest", { held: 1, breached: 1, failed: 0, attacks: [attack("read", "held"), attack("write", "breached")] });
  const { user } = open("/admin/sandbox", status, result, settingsRoute([]));
  expect(await screen.findByText("seccomp")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Run the self-test" }));
  expect(await screen.findByText("1 of 2 attacks were stopped")).toBeTruthy();
  expect(screen.getByText("1 got through")).toBeTruthy();
  const rows = screen.getAllByRole("row").slice(1);
  expect(rows.map((row) => within(row).getAllByRole("cell")[1]?.textContent)).toEqual(["got through", "stopped"]);
});

test("a backup that waits says what is in it and can be taken back", async () => {
  let waits = true;
  const restore: Route = (request, url) => {
    if (url.pathname !== "/v1/restore") return undefined;
    if (request.method === "DELETE") waits = false;
    return json(waits ? { status: "staged", message: "", size_bytes: 2e6, conversations: 3, memories: 7 } : { status: "none", message: "" });
  };
  const { user } = open("/admin/backup", restore);
  expect(await screen.findByText("3 conversations, 7 memories, 2 MB")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Take it back" }));
  expect(await screen.findByLabelText("Backup file")).toBeTruthy();
});

test("while the server is away what it said before stays, and is said to be old", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  let away = false;
  const gone: Route = () => {
    if (away) throw new TypeError("network");
    return undefined;
  };
  open("/admin/routing", gone, settingsRoute([share("routing.accept.math", 0.7)]));
  await screen.findByRole("textbox", { name: "Accept: mathematics" });
  away = true;
  await act(() => vi.advanceTimersByTimeAsync(11_000));
  expect(await screen.findByText(/The server does not answer. What is shown may be old/)).toBeTruthy();
  expect(screen.getByRole("textbox", { name: "Accept: mathematics" })).toBeTruthy();
  away = false;
  await act(() => vi.advanceTimersByTimeAsync(11_000));
  await waitFor(() => expect(screen.queryByText(/The server does not answer/)).toBeNull());
  vi.useRealTimers();
});
