import type { HttpRequest, RequestBody } from "../request";

/** For a POSIX shell. */
export function curl(request: HttpRequest, origin: string): string {
  const { method, url, headers, body, streams, saves } = request;
  const parts = [
    // Without -N, curl waits for more before it prints.
    `curl ${streams ? "-N " : ""}${method === "GET" || (method === "POST" && body !== null) ? "" : `-X ${method} `}${quoted(origin + url)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...bodyParts(body),
    // curl refuses to print what is no text.
    ...(saves ? ["-o answer.bin"] : []),
  ];
  return parts.join(" \\\n  ");
}

function bodyParts(body: RequestBody | null): string[] {
  if (body === null) return [];
  switch (body.kind) {
    case "json":
      return [`-H 'content-type: application/json'`, `-d ${quoted(compact(body.text, body.value))}`];
    case "text":
      // Not -d, which drops line breaks where it reads a file.
      return [`-H ${quoted(`content-type: ${body.mediaType}`)}`, `--data-binary ${quoted(body.text)}`];
    case "form":
      return [
        ...body.fields.map(([name, value]) => `--form-string ${quoted(`${name}=${value}`)}`),
        ...body.files.map(([name, file]) => `-F ${quoted(`${name}=@${file.name}`)}`),
      ];
    case "file":
      return [`-H ${quoted(`content-type: ${body.mediaType}`)}`, `--data-binary ${quoted(`@${body.file.name}`)}`];
  }
}

/** What is short is easier to read on one line. */
function compact(text: string, value: unknown): string {
  const line = value === undefined ? text : JSON.stringify(value);
  return line.length <= 80 ? line : text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
