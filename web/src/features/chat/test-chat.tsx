import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Router, Switch } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { type Route as Answer, json, model, on } from "@/shared/test/server";
import { Toasts } from "@/shared/ui/toasts";
import type { Conversation, Hit } from "./chat-api";
import ChatPage from "./chat-page";

/** Shows the chat at an address, as the app does. */
export function openChat(path: string, options: Parameters<typeof userEvent.setup>[0] = {}) {
  const location = memoryLocation({ path, record: true });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook}>
        <Switch>
          <Route path="/chat"><ChatPage conversation={null} /></Route>
          <Route path="/chat/:id">{({ id }) => <ChatPage conversation={id} />}</Route>
        </Switch>
      </Router>
      <Toasts />
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(options), path: () => location.history.at(-1) ?? "" };
}

export const twoModels = on("GET", "/v1/models", {
  object: "list",
  data: [model("tiny", { default: true }), model("large")],
});

export const kept = (id: string, title: string, more: Partial<Conversation> = {}): Conversation => ({
  id,
  object: "conversation",
  title,
  created_at: Date.now() / 1000,
  updated_at: Date.now() / 1000,
  message_count: 2,
  leaf_id: 2,
  pinned: false,
  archived: false,
  folder: "",
  settings: { model: null, system: null, temperature: null, top_p: null, max_tokens: null, seed: null, consent: null },
  ...more,
});

/** In the place of the server's conversations: lists them page by page, changes and deletes them. */
export function conversationsOf(all: Conversation[], hits: Hit[] = []): Answer {
  return (request, url) => {
    const { pathname: path, searchParams: asked } = url;
    if (path === "/v1/conversations" && request.method === "POST") {
      const made: Promise<Partial<Conversation>> = request.clone().json();
      return made.then((given) => {
        all.unshift(kept(given.id ?? "", "", given));
        return json(all[0]);
      });
    }
    if (path === "/v1/conversations") {
      const wanted = all.filter(
        ({ pinned, folder, archived }) =>
          (asked.get("pinned") ?? String(pinned)) === String(pinned) &&
          (asked.get("folder") ?? folder) === folder &&
          (asked.get("archived") ?? "false") === String(archived),
      );
      const from = Number(asked.get("after") ?? 0);
      const to = from + Number(asked.get("limit"));
      const more = to < wanted.length;
      return json({ data: wanted.slice(from, to), has_more: more, ...(more && { next: String(to) }) });
    }
    if (path === "/v1/conversations/folders") {
      const names = [...new Set(all.map(({ folder }) => folder ?? ""))].filter((name) => name !== "");
      const data = names.map((name) => ({ name, conversations: all.filter(({ folder }) => folder === name).length }));
      return json({ data });
    }
    if (path === "/v1/conversations/search") return json({ data: hits, took_ms: 2, problems: [] });
    const at = all.findIndex(({ id }) => path === `/v1/conversations/${id}`);
    const found = all[at];
    if (found === undefined) return undefined;
    if (request.method === "DELETE") all.splice(at, 1);
    if (request.method !== "PATCH") return json(found);
    const changes: Promise<Partial<Conversation>> = request.clone().json();
    return changes.then((change) => json(Object.assign(found, change)));
  };
}
