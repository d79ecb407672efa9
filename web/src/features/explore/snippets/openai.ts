import type { HttpRequest } from "../request";
import { isRecord } from "../validate";
import { literal } from "./python";

interface Call {
  method: string;
  path: RegExp;
  /** The client's function; `$1` is the path's part. */
  call: string;
  /** How to print what it returns, and a piece of what it streams. */
  print: string;
  piece?: string;
  /** What the client's function insists on and Council does not. */
  needs?: readonly string[];
}

const calls: Call[] = [
  {
    method: "POST",
    path: /^\/v1\/chat\/completions$/,
    call: "chat.completions.create",
    print: "answer.choices[0].message.content",
    piece: 'piece.choices[0].delta.content or "" if piece.choices else ""',
    needs: ["model", "messages"],
  },
  {
    method: "POST",
    path: /^\/v1\/completions$/,
    call: "completions.create",
    print: "answer.choices[0].text",
    piece: 'piece.choices[0].text if piece.choices else ""',
    needs: ["model", "prompt"],
  },
  { method: "POST", path: /^\/v1\/embeddings$/, call: "embeddings.create", print: "answer.data[0].embedding[:8]", needs: ["model", "input"] },
  { method: "GET", path: /^\/v1\/models$/, call: "models.list", print: "[model.id for model in answer]" },
  { method: "GET", path: /^\/v1\/models\/([^/]+)$/, call: "models.retrieve", print: "answer" },
];

/** Arguments that OpenAI's functions have; ours go into `extra_body`. */
const theirs = new Set(
  `model messages prompt input stream stream_options n logprobs top_logprobs tools tool_choice parallel_tool_calls temperature top_p
  presence_penalty frequency_penalty logit_bias seed stop max_tokens max_completion_tokens response_format user encoding_format
  dimensions functions function_call metadata store`.split(/\s+/),
);

/** With OpenAI's own client, for the routes that it knows. */
export function openai(request: HttpRequest, origin: string): string | null {
  const [path = ""] = request.url.split("?");
  const known = calls.find((one) => one.method === request.method && one.path.test(path));
  if (known === undefined || (request.method === "POST" && !isRecord(jsonValue(request)))) return null;
  const streams = request.streams && known.piece !== undefined;
  const end = streams ? ["for piece in answer:", `    print(${known.piece}, end="", flush=True)`] : [`print(${known.print})`];
  return [
    "from openai import OpenAI",
    "",
    // The client wants a key; a server on this machine needs none.
    `client = OpenAI(base_url=${literal(`${origin}/v1`)}, api_key="none")`,
    `answer = client.${known.call}(${argumentsOf(request, known, path)})`,
    ...end,
    "",
  ].join("\n");
}

function argumentsOf(request: HttpRequest, known: Call, path: string): string {
  const part = known.path.exec(path)?.[1];
  const value = jsonValue(request);
  if (!isRecord(value)) return part === undefined ? "" : literal(decodeURIComponent(part));
  const given = { ...(known.needs?.includes("model") && { model: "council/auto" }), ...value };
  const own = Object.entries(given).filter(([name]) => theirs.has(name));
  const extra = Object.entries(given).filter(([name]) => !theirs.has(name));
  const lines = own.map(([name, field]) => `    ${name}=${literal(field, "    ")},`);
  if (extra.length > 0) lines.push(`    extra_body=${literal(Object.fromEntries(extra), "    ")},`);
  return `\n${lines.join("\n")}\n`;
}

function jsonValue({ body }: HttpRequest): unknown {
  return body?.kind === "json" ? body.value : undefined;
}
