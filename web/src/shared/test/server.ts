import { vi } from "vitest";
import type { Conversation, LedgerEntry, Message, Model } from "@/shared/api/types";

/** Answers one route; `undefined` leaves it to the next. */
export type Route = (request: Request, url: URL) => Response | Promise<Response> | undefined;

/** Puts routes in the place of the server. A request that none answers fails the test that made it. */
export function serve(...routes: Route[]): Request[] {
  const seen: Request[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input instanceof Request ? input : new URL(input, location.origin), init);
    seen.push(request);
    request.signal.throwIfAborted();
    for (const route of routes) {
      const response = route(request, new URL(request.url));
      if (response !== undefined) return response;
    }
    throw new Error(`no route for ${request.method} ${request.url}`);
  });
  return seen;
}

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** A route that answers with JSON. */
export const on =
  (method: string, path: string, body: unknown, status = 200): Route =>
  (request, url) =>
    request.method === method && url.pathname === path ? json(body, status) : undefined;

export const page = (data: unknown[]) => ({ object: "list", data, offset: 0, limit: 50, has_more: false });

export const failure = (code: string, message: string, hint: string | null = null) => ({
  error: { message, type: "server_error", code, param: null, hint, request_id: "req_failed" },
  detail: message,
});

export const model = (id: string, more: Partial<Model> = {}): Model => ({
  id,
  object: "model",
  created: 0,
  owned_by: "llama.cpp",
  context_length: 4096,
  state: "ready",
  default: false,
  locality: "local",
  capabilities: { chat: true, tools: false, vision: false },
  ...more,
});

export const conversation = (id: string, title: string, messages: number): Conversation => ({
  id,
  object: "conversation",
  title,
  created_at: Date.now() / 1000,
  updated_at: Date.now() / 1000,
  message_count: messages,
  pinned: false,
  archived: false,
  folder: "",
  settings: {},
});

export const message = (id: number, role: string, text: string, request: string): Message => ({
  id,
  object: "conversation.message",
  depth: id,
  sibling_ids: [id],
  role,
  content: [{ type: "text", text }],
  model: role === "assistant" ? "tiny" : null,
  request_id: request,
  created_at: 0,
});

export const usage = (prompt: number, answer: number) => ({
  prompt_tokens: prompt,
  completion_tokens: answer,
  total_tokens: prompt + answer,
  prompt_tokens_details: { cached_tokens: 0 },
});

export const ledgerEntry = (request: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  request_id: request,
  started_at: 0,
  route: "/api/chat",
  model: "tiny",
  locality: "local",
  usage: usage(7, 9),
  cost_usd: 0,
  latency_ms: 1_500,
  first_token_ms: 100,
  outcome: "completed",
  ...more,
});

/** A streamed answer that the test writes as it goes, and that ends as the browser's does when it is aborted. */
export class AnswerStream {
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #encoder = new TextEncoder();

  readonly route: Route = (request, url) => {
    if (request.method !== "POST" || url.pathname !== "/api/chat") return undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "x-request-id": "req_1" } });
  };

  raw(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  text(text: string): void {
    this.raw(`data: ${JSON.stringify({ text, partial: true })}\n\n`);
  }

  done(): void {
    const frame = { text: "", done: true, model: "tiny", latency_ms: 420, skill_type: "chat", cost_usd: 0 };
    this.raw(`data: ${JSON.stringify({ ...frame, usage: usage(12, 3), request_id: "req_1" })}\n\n`);
    this.end();
  }

  fail(code: string, error: string, more: object = {}): void {
    this.raw(`data: ${JSON.stringify({ error, done: true, code, request_id: "req_1", ...more })}\n\n`);
    this.end();
  }

  end(): void {
    this.#controller?.close();
  }
}
