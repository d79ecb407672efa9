import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Route, failure, json, serve } from "@/shared/test/server";
import { Toasts } from "@/shared/ui/toasts";
import type { Key, Session, User } from "../queries/access";
import { KeysSection } from "./keys-section";

const key = (id: string, name: string, more: Partial<Key> = {}): Key => ({
  id,
  object: "key",
  name,
  user: "local",
  scopes: ["chat"],
  state: "active",
  created_at: 1_790_000_000,
  ...more,
});
const owner: User = { name: "local", object: "user", owner: true, active_keys: 1 };

const session = (id: string, name: string, current: boolean): Session => ({
  id,
  user: "local",
  key: { id: "k1", name },
  opened_at: 1_790_000_000,
  expires_at: 1_790_100_000,
  current,
});

function open(keys: Key[], ...routes: Route[]) {
  const users: User[] = [owner];
  const sessions: Session[] = [session("s1", "laptop", true), session("s2", "phone", false)];
  const access: Route = (request, { pathname: path }) => {
    if (path === "/v1/keys" && request.method === "GET") return json({ object: "list", data: keys });
    if (path === "/v1/sessions") return json({ object: "list", data: sessions });
    if (path.startsWith("/v1/sessions/")) {
      const [ended] = sessions.splice(sessions.findIndex(({ id }) => path.endsWith(id)), 1);
      return json(ended);
    }
    if (path === "/v1/users" && request.method === "GET") return json({ object: "list", data: users });
    if (path === "/v1/keys") {
      return request.clone().json().then((made) => {
        keys.push(key("k9", made.name, made));
        return json({ secret: "cnc_k9_secret", key: keys.at(-1) });
      });
    }
    if (path === "/v1/users") {
      return request.clone().json().then(({ name }) => {
        users.push({ name, object: "user", owner: false, created_at: 1_790_000_000, active_keys: 0 });
        return json(users.at(-1));
      });
    }
    if (request.method === "DELETE" && path.startsWith("/v1/users/")) {
      users.splice(1, 1);
      return json({ name: "ada", object: "user.removed", removed: true });
    }
    const revoked = keys.find(({ id }) => path === `/v1/keys/${id}`);
    return revoked && json(Object.assign(revoked, { state: "revoked" }));
  };
  const seen = serve(...routes, access);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <KeysSection />
      <Toasts />
    </QueryClientProvider>,
  );
  return { seen, user: userEvent.setup() };
}
const rowOf = async (name: string) => within((await screen.findByText(name)).closest("tr") ?? document.body);

test("each key says whose it is, what it allows, when it was last used and what bounds it", async () => {
  open([
    key("k1", "Phone", { daily_usd: 0.5, per_minute: 60 }),
    key("k2", "Old script", { state: "revoked", scopes: ["chat", "admin"], last_used_at: 1_790_000_000 }),
  ]);
  const phone = await rowOf("Phone");
  expect(phone.getByText("cnc_k1")).toBeTruthy();
  expect(phone.getAllByText("never")).toHaveLength(2);
  expect(phone.getByText("60 requests a minute")).toBeTruthy();
  const old = await rowOf("Old script");
  expect(old.getByText("revoked")).toBeTruthy();
  expect(old.getByText("Administration")).toBeTruthy();
  expect(old.queryByRole("button")).toBeNull();
});

test("a key is made with what it may do, and its secret is shown once", async () => {
  const { user, seen } = open([]);
  expect(await screen.findByText("There is no key")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Make a key" }));
  const dialog = within(screen.getByRole("dialog", { name: "Make a key" }));
  await user.type(dialog.getByRole("textbox", { name: "Name" }), "Notebook");
  await user.click(dialog.getByRole("checkbox", { name: "Memory" }));
  await user.click(dialog.getByRole("checkbox", { name: "Programs" }));
  await user.selectOptions(dialog.getByRole("combobox", { name: "Expires" }), "in 30 days");
  await user.type(dialog.getByRole("textbox", { name: "Paid models a day, in US dollars" }), "0.25");
  await user.click(dialog.getByRole("button", { name: "Make a key" }));
  expect(await screen.findByText("cnc_k9_secret")).toBeTruthy();
  expect(await seen.find(({ method }) => method === "POST")?.json()).toEqual({
    name: "Notebook",
    user: "local",
    scopes: ["chat", "execute"],
    expires_in_s: 30 * 86_400,
    daily_usd: 0.25,
  });
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  await waitFor(() => expect(screen.queryByText("cnc_k9_secret")).toBeNull());
  expect(await screen.findByText("Notebook")).toBeTruthy();
});

test("a bound that is no number is said and not sent", async () => {
  const { user } = open([]);
  await user.click(await screen.findByRole("button", { name: "Make a key" }));
  const dialog = within(screen.getByRole("dialog", { name: "Make a key" }));
  await user.type(dialog.getByRole("textbox", { name: "Name" }), "x");
  await user.type(dialog.getByRole("textbox", { name: "Requests a minute" }), "1.5");
  expect(dialog.getByText("A whole number, at least 1.")).toBeTruthy();
  expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Make a key" }).disabled).toBe(true);
});

test("a key is revoked after a question, and what the server refuses is said there", async () => {
  let refuses = true;
  const sometimes: Route = (request) =>
    refuses && request.method === "DELETE" ? json(failure("internal", "the disk is full"), 500) : undefined;
  const { user } = open([key("k1", "Phone")], sometimes);
  await user.click(await screen.findByRole("button", { name: "Revoke Phone" }));
  const dialog = within(screen.getByRole("dialog", { name: "Revoke Phone?" }));
  await user.click(dialog.getByRole("button", { name: "Revoke" }));
  expect(await dialog.findByText("the disk is full")).toBeTruthy();
  refuses = false;
  await user.click(dialog.getByRole("button", { name: "Revoke" }));
  expect(await screen.findByText("Phone is revoked")).toBeTruthy();
  expect((await rowOf("Phone")).getByText("revoked")).toBeTruthy();
});

test("a user is added and removed", async () => {
  const { user, seen } = open([]);
  await user.type(await screen.findByRole("textbox", { name: "New user" }), "ada{Enter}");
  await user.click(await screen.findByRole("button", { name: "Remove ada" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("ada is removed")).toBeTruthy();
  await waitFor(() => expect(screen.queryByRole("button", { name: "Remove ada" })).toBeNull());
  expect(seen.some(({ method, url }) => method === "DELETE" && url.endsWith("/v1/users/ada?data=keep"))).toBe(true);
});

test("a user is removed with all that was the user's, where that is wanted", async () => {
  const { user, seen } = open([]);
  await user.type(await screen.findByRole("textbox", { name: "New user" }), "ada{Enter}");
  await user.click(await screen.findByRole("button", { name: "Remove ada" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.click(dialog.getByRole("switch", { name: "Delete conversations and memories too" }));
  expect(dialog.getByText(/are deleted for good/)).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Remove and delete" }));
  expect(await screen.findByText("ada is removed")).toBeTruthy();
  expect(seen.some(({ method, url }) => method === "DELETE" && url.endsWith("/v1/users/ada?data=delete"))).toBe(true);
});

test("signed-in browsers are listed, this one marked, and another one is signed out", async () => {
  const { seen, user } = open([key("k1", "laptop")]);
  const table = await screen.findByRole("table", { name: "Signed-in browsers" });
  expect(within(table).getByText("this one").parentElement?.textContent).toContain("laptop");
  await user.click(within(table).getByRole("button", { name: "Sign out the browser with phone" }));
  expect(seen.some(({ method, url }) => method === "DELETE" && url.endsWith("/v1/sessions/s2"))).toBe(true);
  expect(await screen.findByText("That browser is signed out")).toBeTruthy();
  await waitFor(() => expect(within(table).queryByText("phone")).toBeNull());
});
