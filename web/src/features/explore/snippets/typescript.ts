import { type HttpRequest, type RequestBody, pretty } from "../request";
import { indented } from "./text";

/** For a browser, Node, Deno or Bun: nothing but `fetch`. */
export function typescript(request: HttpRequest, origin: string): string {
  const { method, url, headers, body, streams, saves } = request;
  const files = body?.kind === "file" ? [body.file.name] : body?.kind === "form" ? body.files.map(([, file]) => file.name) : [];
  const options = [
    ...(method === "GET" ? [] : [`  method: ${JSON.stringify(method)},`]),
    ...headersOption(headers, body),
    ...bodyOption(body),
  ];
  return [
    ...(files.length === 0 ? [] : ['import { openAsBlob } from "node:fs";', ""]),
    ...(saves ? ['import { writeFile } from "node:fs/promises";', ""] : []),
    ...(body?.kind === "form" ? formLines(body) : []),
    options.length === 0
      ? `const response = await fetch(${JSON.stringify(origin + url)});`
      : `const response = await fetch(${JSON.stringify(origin + url)}, {\n${options.join("\n")}\n});`,
    "if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);",
    ...(streams
      ? ["const decoder = new TextDecoder();", "for await (const piece of response.body ?? []) {", "  console.log(decoder.decode(piece, { stream: true }));", "}"]
      : saves
        ? ['await writeFile("answer.bin", new Uint8Array(await response.arrayBuffer()));']
        : ["console.log(await response.text());"]),
    "",
  ].join("\n");
}

function headersOption(headers: [string, string][], body: RequestBody | null): string[] {
  const type = body === null || body.kind === "form" ? [] : [["content-type", body.kind === "json" ? "application/json" : body.mediaType]];
  const all = Object.fromEntries([...type, ...headers]);
  return Object.keys(all).length === 0 ? [] : [`  headers: ${JSON.stringify(all)},`];
}

function bodyOption(body: RequestBody | null): string[] {
  if (body === null) return [];
  switch (body.kind) {
    case "json":
      return [body.value === undefined ? `  body: ${JSON.stringify(body.text)},` : `  body: JSON.stringify(${indented(pretty(body.value), "  ")}),`];
    case "text":
      return [`  body: ${JSON.stringify(body.text)},`];
    case "form":
      return ["  body: form,"];
    case "file":
      return [`  body: await openAsBlob(${JSON.stringify(body.file.name)}),`];
  }
}

function formLines({ fields, files }: Extract<RequestBody, { kind: "form" }>): string[] {
  return [
    "const form = new FormData();",
    ...fields.map(([name, value]) => `form.append(${JSON.stringify(name)}, ${JSON.stringify(value)});`),
    ...files.map(([name, file]) => `form.append(${JSON.stringify(name)}, await openAsBlob(${JSON.stringify(file.name)}), ${JSON.stringify(file.name)});`),
  ];
}
