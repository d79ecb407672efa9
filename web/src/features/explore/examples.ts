import { texts } from "@/shared/i18n/explore";
import type { Operation, Schemas } from "./document";
import { type Draft, newDraft, pretty } from "./request";

export interface Example {
  name: string;
  parameters?: Record<string, unknown>;
  body?: unknown;
}

const question = "Name three rivers of Europe.";
const said = texts.example;

/** Requests that are worth trying, by operation. All others begin with the least that their schema asks for. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  chat_completions: [
    { name: said.question, body: { messages: [{ role: "user", content: question }], max_tokens: 100 } },
    { name: said.streamed, body: { messages: [{ role: "user", content: question }], max_tokens: 100, stream: true } },
    {
      name: said.routed,
      body: { model: "council/auto", messages: [{ role: "user", content: "What is 17 * 23?" }], max_tokens: 100 },
    },
    {
      name: said.schema,
      body: {
        messages: [{ role: "user", content: "A city and its country, as JSON." }],
        max_tokens: 100,
        response_format: {
          type: "json_schema",
          json_schema: {
            name: "city",
            schema: {
              type: "object",
              properties: { city: { type: "string" }, country: { type: "string" } },
              required: ["city", "country"],
              additionalProperties: false,
            },
          },
        },
      },
    },
    {
      name: said.logprobs,
      body: { messages: [{ role: "user", content: "Say yes or no." }], max_tokens: 5, logprobs: true, top_logprobs: 3 },
    },
  ],
  completions: [{ name: said.completion, body: { prompt: "The capital of France is", max_tokens: 20 } }],
  embeddings: [{ name: said.texts, body: { input: ["a warm coat", "a winter jacket"] } }],
  hybrid: [
    { name: said.question, body: { prompt: question, max_tokens: 100 } },
    { name: said.streamed, body: { prompt: question, max_tokens: 100, stream: true } },
    { name: said.computed, body: { prompt: "What is the derivative of x^3 * sin(x)?" } },
  ],
  hybrid_stream: [{ name: said.streamed, body: { prompt: question, max_tokens: 100 } }],
  api_chat: [
    { name: said.question, body: { prompt: question, max_tokens: 100 } },
    { name: said.streamed, body: { prompt: question, max_tokens: 100, stream: true } },
    { name: said.private, body: { prompt: question, max_tokens: 100, memory: false } },
  ],
  orchestrate: [{ name: said.order, body: { prompt: "What is 12 % of 250?", route: ["math"], max_tokens: 100 } }],
  vote: [
    { name: said.vote, body: { prompt: "Which is larger, 9.11 or 9.9?", max_tokens: 100 } },
    { name: said.streamed, body: { prompt: "Which is larger, 9.11 or 9.9?", max_tokens: 100, stream: true } },
  ],
  save_memory: [{ name: said.note, body: { text: "The boiler was serviced in March.", kind: "note", tags: ["house"] } }],
  search_memory: [
    { name: said.search, body: { query: "When was the boiler serviced?", limit: 5 } },
    { name: said.explained, body: { query: "When was the boiler serviced?", limit: 5, explain: true } },
  ],
  forget_memories: [{ name: said.preview, body: { query: "boiler", limit: 5 } }],
  run_program: [
    { name: said.program, body: { language: "python", code: "print(sum(n * n for n in range(10)))" } },
    {
      name: said.streamedProgram,
      body: {
        language: "python",
        code: "import time\nfor n in range(5):\n    print(n, flush=True)\n    time.sleep(0.2)",
        stream: true,
      },
    },
    {
      name: said.file,
      body: {
        language: "python",
        code: 'print(open("data.csv").read().splitlines())',
        files: [{ name: "data.csv", content: "a,b\n1,2\n" }],
      },
    },
  ],
  search_conversations: [{ name: said.search, body: { query: "When was the boiler serviced?", limit: 5 } }],
  list_routes: [{ name: said.escalated, parameters: { escalated: true, limit: 10 } }],
};

/** What a route begins with: its first example, or the least that it asks for. */
export function firstDraft(operation: Operation, schemas: Schemas): Draft {
  const [first] = examples[operation.id] ?? [];
  return first === undefined ? newDraft(operation, schemas) : draftOf(first, operation, schemas);
}

export function draftOf(example: Example, operation: Operation, schemas: Schemas): Draft {
  const draft = newDraft(operation, schemas);
  return {
    ...draft,
    parameters: { ...draft.parameters, ...example.parameters },
    text: example.body === undefined ? draft.text : pretty(example.body),
  };
}
