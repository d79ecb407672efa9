import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, dataOf } from "@/shared/api/client";
import { type Route, failure, json, serve } from "@/shared/test/server";
import { Account } from "@/shared/ui/account";
import { SessionGate } from "./session-gate";

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

const nobody = { object: "session", authenticated: false, key_required: true, scopes: [] };
const ada = {
  object: "session",
  authenticated: true,
  key_required: true,
  by: "session",
  user: "ada",
  scopes: ["chat"],
  key: { id: "k1", name: "Ada's phone" },
  expires_at: 1_900_000_000,
};

/** A server that lets in who shows `cnc_right`. */
function open(refused: () => Response = () => json(failure("unauthorized", "no such key"), 401)) {
  let who: object = nobody;
  const session: Route = (request, url) => {
    if (url.pathname !== "/v1/session") return undefined;
    if (request.method === "DELETE") return json((who = nobody));
    if (request.method === "GET") return json(who);
    return request.clone().json().then(({ key }) => (key === "cnc_right" ? json((who = ada)) : refused()));
  };
  const models: Route = (_, url) =>
    url.pathname === "/v1/models" ? (who === ada ? json({ data: [] }) : json(failure("unauthorized", "a key is needed"), 401)) : undefined;
  const seen = serve(session, models);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <SessionGate>
        <p>The page</p>
        <Account />
      </SessionGate>
    </QueryClientProvider>,
  );
  return { seen, user: userEvent.setup({ advanceTimers: vi.advanceTimersByTime }), leave: () => (who = nobody) };
}
const field = () => screen.findByLabelText<HTMLInputElement>("API key");

test("who is not known is asked for a key, says it, and is on the page that was wanted", async () => {
  const { user, seen } = open();
  expect((await field()).type).toBe("password");
  await user.type(await field(), " cnc_right {Enter}");
  expect(await screen.findByText("The page")).toBeTruthy();
  expect(await seen.find(({ method }) => method === "POST")?.json()).toEqual({ key: "cnc_right" });
  await user.click(screen.getByRole("button", { name: "Signed in as ada" }));
  expect(screen.getByText("Ada's phone")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Sign out" }));
  expect(await field()).toBeTruthy();
  expect(screen.queryByText("The page")).toBeNull();
});

test("a wrong key is said to be wrong, until another is written", async () => {
  const { user } = open();
  await user.type(await field(), "cnc_wrong{Enter}");
  expect(await screen.findByText("This key is not known here, has expired, or was revoked.")).toBeTruthy();
  expect((await field()).getAttribute("aria-invalid")).toBe("true");
  await user.type(await field(), "x");
  expect((await field()).getAttribute("aria-invalid")).toBeNull();
});

test("after too many wrong keys the next try waits, and says how long", async () => {
  const wait = () => new Response(JSON.stringify(failure("rate_limited", "wait")), { status: 429, headers: { "retry-after": "8", "content-type": "application/json" } });
  const { user, seen } = open(wait);
  await user.type(await field(), "cnc_wrong{Enter}");
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: "Next try in 8 s" });
  expect(button.disabled).toBe(true);
  expect(screen.getByText("Too many wrong keys came from here.")).toBeTruthy();
  await user.type(await field(), "{Enter}");
  expect(seen.filter(({ method }) => method === "POST")).toHaveLength(1);
  await act(() => vi.advanceTimersByTimeAsync(8_500));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in" }).disabled).toBe(false);
});

test("a session that ended is noticed by the next request that is refused", async () => {
  const { user, leave } = open();
  await user.type(await field(), "cnc_right{Enter}");
  await screen.findByText("The page");
  leave();
  await act(() => dataOf(api.GET("/v1/models", {})).catch(() => undefined).then(() => undefined));
  expect(await field()).toBeTruthy();
});
