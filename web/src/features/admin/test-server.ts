import type { AuditEntry, CatalogModel, Machine, Pull, Setting } from "@/shared/api/types";
import { type Route, json, model, on, page } from "@/shared/test/server";

export const setting = (key: string, more: Partial<Setting> = {}): Setting => ({
  key,
  group: key.split(".")[0] ?? "",
  kind: "switch",
  value: false,
  default: false,
  source: "config",
  effect: "what the server says that it does",
  scope: "next_turn",
  ...more,
});

export const share = (key: string, value: number): Setting =>
  setting(key, { kind: "decimal", value, default: 0.7, min: 0, max: 1 });

export const change = (id: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: 1_790_000_000,
  by: "127.0.0.1",
  setting: "routing.accept.math",
  before: "",
  after: "0.9",
  undoable: true,
  ...more,
});

export const machine: Machine = {
  cpu_model: "a processor",
  physical_cores: 4,
  memory_bytes: 8e9,
  available_memory_bytes: 4e9,
  disk_free_bytes: 1e11,
  gpus: [],
};

export const entry = (id: string, more: Partial<CatalogModel> = {}): CatalogModel => ({
  id,
  family: "tiny",
  parameters: 5e8,
  quantisation: "Q4_K_M",
  licence: "Apache-2.0",
  context_tokens: 4_096,
  size_bytes: 4e8,
  needs_bytes: 1e9,
  fit: "fits",
  reason: "needs 1.0 GB of memory; 4.0 GB of 8.0 GB are free",
  roles: ["chat"],
  sources: [],
  installed: false,
  recommended: false,
  ...more,
});

export const pull = (id: number, more: Partial<Pull> = {}): Pull => ({
  id,
  model: "tiny",
  phase: "downloading",
  done_bytes: 1e8,
  total_bytes: 4e8,
  bytes_per_second: 1e7,
  failures: [],
  started_at: 0,
  ...more,
});

/** Settings that can be changed and set back, as the server does it. */
export function settingsRoute(settings: Setting[]): Route {
  return below("/v1/settings", async (request, url) => {
    if (request.method === "GET" && url.pathname === "/v1/settings") return json({ object: "list", data: settings });
    if (request.method === "PATCH" && url.pathname === "/v1/settings") {
      const { values } = (await request.clone().json()) as { values: Record<string, unknown> };
      const changed = settings.filter((one) => one.key in values);
      for (const one of changed) Object.assign(one, { value: values[one.key], source: "setting", since: 1_790_000_000 });
      return json({ object: "list", data: changed });
    }
    if (request.method === "DELETE" && url.pathname.startsWith("/v1/settings/")) {
      const key = decodeURIComponent(url.pathname.slice("/v1/settings/".length));
      const changed = settings.filter((one) => one.key === key);
      for (const one of changed) Object.assign(one, { value: one.default, source: "config", since: null });
      return json({ object: "list", data: changed });
    }
    return json({}, 404);
  });
}

function below(prefix: string, answer: (request: Request, url: URL) => Promise<Response>): Route {
  return (request, url) => (url.pathname.startsWith(prefix) ? answer(request, url) : undefined);
}

/** A stream without events, which ends at once. */
export const noPullEvents: Route = (_, url) =>
  url.pathname === "/v1/models/pulls/events"
    ? new Response("", { headers: { "content-type": "text/event-stream" } })
    : undefined;

export const noPanic = on("GET", "/v1/panic", { active: false, cloud_enabled: false, local_only: false, running_turns: 0 });

/** What every section asks for. */
export const usual: Route[] = [
  noPanic,
  noPullEvents,
  on("GET", "/v1/models/pulls", { object: "list", data: [] }),
  on("GET", "/v1/models", { object: "list", data: [model("tiny", { default: true })] }),
  on("GET", "/v1/audit", page([])),
  on("GET", "/admin/status", { cloud_enabled: false, local_only: false, sandbox_enabled: true, status: "ok", privacy: {}, providers: [] }),
  on("GET", "/v1/egress", { ...page([]), totals: [] }),
];
