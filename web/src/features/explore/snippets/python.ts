import type { HttpRequest, RequestBody } from "../request";
import { isRecord } from "../validate";

/** With `requests`. */
export function python(request: HttpRequest, origin: string): string {
  const { method, url, headers, body, streams, saves } = request;
  const args = [`    "${method}",`, `    ${literal(origin + url)},`, ...headerArgument(headers, body), ...bodyArguments(body)];
  if (streams) args.push("    stream=True,");
  // What the server sends is UTF-8; of types that do not say so, `requests` would guess.
  const end = streams
    ? ["for line in response.iter_lines(decode_unicode=True):", "    print(line, flush=True)"]
    : saves
      ? ['with open("answer.bin", "wb") as file:', "    file.write(response.content)"]
      : ["print(response.text)"];
  return ["import requests", "", "response = requests.request(", ...args, ")", "response.raise_for_status()", ...(saves ? [] : ['response.encoding = "utf-8"']), ...end, ""].join("\n");
}

function headerArgument(headers: [string, string][], body: RequestBody | null): string[] {
  const type = body?.kind === "text" || body?.kind === "file" ? [["content-type", body.mediaType]] : [];
  const all = Object.fromEntries([...type, ...headers]);
  return Object.keys(all).length === 0 ? [] : [`    headers=${literal(all)},`];
}

function bodyArguments(body: RequestBody | null): string[] {
  if (body === null) return [];
  switch (body.kind) {
    case "json":
      return [`    json=${literal(body.value ?? null, "    ")},`];
    case "text":
      return [`    data=${literal(body.text)}.encode(),`];
    case "file":
      return [`    data=open(${literal(body.file.name)}, "rb"),`];
    case "form":
      return [
        ...(body.fields.length === 0 ? [] : [`    data=${literal(Object.fromEntries(body.fields))},`]),
        `    files=[${body.files.map(([name, file]) => `(${literal(name)}, open(${literal(file.name)}, "rb"))`).join(", ")}],`,
      ];
  }
}

/** A JSON value as Python writes it. */
export function literal(value: unknown, indent = "", width = 60): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  // JSON's escapes are Python's too, but for pairs of halves, which JSON.stringify leaves whole.
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = isRecord(value)
    ? Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${literal(field, `${indent}    `)}`)
    : (value as unknown[]).map((item) => literal(item, `${indent}    `));
  const [open, close] = isRecord(value) ? ["{", "}"] : ["[", "]"];
  const line = entries.join(", ");
  if (!line.includes("\n") && line.length <= width) return `${open}${line}${close}`;
  return `${open}\n${entries.map((entry) => `${indent}    ${entry},`).join("\n")}\n${indent}${close}`;
}
