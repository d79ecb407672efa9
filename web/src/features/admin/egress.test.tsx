import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Route as PageRoute, Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { type Route, json, page, serve } from "@/shared/test/server";
import AdminPage from "./admin-page";
import { setting, settingsRoute, usual } from "./test-server";

const carried = (requests: number, sent: number, received: number) => ({ requests, sent_bytes: sent, received_bytes: received });

const line = (id: number, host: string, purpose: string, outcome: string) => ({
  id, at: 1_800_000_000 + id, request_id: "", model: purpose === "turn" ? "far" : "", host, purpose, outcome, redacted: [],
  reason: outcome === "refused" ? "not_listed" : "",
  sent_bytes: 5, received_bytes: 7, carried: outcome === "refused" ? carried(0, 0, 0) : carried(1, 2_000, 3_000_000),
});

const total = (host: string, purpose: string, refused: number) => ({
  host, purpose, lines: 1, refused, carried: carried(1, 2_000, 3_000_000), last_at: 1_800_000_000,
});

const lines = [line(3, "elsewhere.example", "pull", "refused"), line(2, "hub.example", "pull", "completed"), line(1, "api.example.org", "turn", "completed")];
const totals = [total("hub.example", "pull", 0), total("api.example.org", "turn", 0), total("elsewhere.example", "pull", 1)];

const ledger: Route = (_, url) => {
  if (url.pathname !== "/v1/egress") return undefined;
  const purpose = url.searchParams.get("purpose");
  return json({ ...page(lines.filter((one) => purpose === null || one.purpose === purpose)), totals });
};

function open(...routes: Route[]) {
  const seen = serve(...routes, ...usual);
  const location = memoryLocation({ path: "/admin/cloud" });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook}>
        <PageRoute path="/admin/:section">{({ section }) => <AdminPage section={section} />}</PageRoute>
      </Router>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), seen };
}

test("what left is shown by host and purpose, and line by line for one purpose", async () => {
  const { user } = open(ledger, settingsRoute([]));
  const byHost = await screen.findByRole("table", { name: "By host and purpose" });
  expect(within(byHost).getAllByRole("row")).toHaveLength(4);
  expect(within(byHost).getByText("(1 refused)")).toBeTruthy();
  const each = await screen.findByRole("table", { name: "What left this machine" });
  expect(within(each).getByText("refused")).toBeTruthy();
  expect(within(each).getByText("the list of hosts has it not")).toBeTruthy();
  await user.selectOptions(screen.getByRole("combobox", { name: "For" }), "an answer");
  const one = await screen.findByRole("table", { name: "What left this machine" });
  expect(within(one).getAllByRole("row")).toHaveLength(2);
  expect(within(one).getByText("api.example.org")).toBeTruthy();
});

test("hosts that were agreed to are withdrawn by an empty list", async () => {
  const hosts = setting("privacy.consent_hosts", {
    group: "cloud", kind: "hosts", min: 0, value: ["api.example.org"], default: [],
  });
  const { user, seen } = open(ledger, settingsRoute([hosts]));
  await user.clear(await screen.findByDisplayValue("api.example.org"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  const patch = seen.find((request) => request.method === "PATCH");
  expect(await patch?.clone().json()).toEqual({ values: { "privacy.consent_hosts": [] } });
});

test("the hosts that may be reached are written one a line", async () => {
  const hosts = setting("egress.allow", { group: "cloud", kind: "hosts", value: ["named"], default: ["named"] });
  const { user, seen } = open(ledger, settingsRoute([hosts]));
  const field = await screen.findByRole("textbox", { name: "Hosts that may be reached" });
  await user.type(field, "\n*.example.org");
  await user.click(screen.getByRole("button", { name: "Save" }));
  const patch = seen.find((request) => request.method === "PATCH");
  expect(await patch?.clone().json()).toEqual({ values: { "egress.allow": ["named", "*.example.org"] } });
});
