import type { HttpRequest, RequestBody } from "../request";

/** With reqwest's blocking client. */
export function rust(request: HttpRequest, origin: string): string {
  const { method, url, headers, body, streams, saves } = request;
  const features = body?.kind === "form" ? `"blocking", "multipart"` : `"blocking"`;
  const calls = [
    `.request(reqwest::Method::${method}, ${literal(origin + url)})`,
    ...[...typeOf(body), ...headers].map(([name, value]) => `.header(${literal(name)}, ${literal(value)})`),
    ...bodyCalls(body),
    ".send()?",
    ".error_for_status()?;",
  ];
  return [
    `// Cargo.toml: reqwest = { version = "0.13", features = [${features}] }`,
    ...(streams ? ["use std::io::BufRead;", ""] : []),
    "fn main() -> Result<(), Box<dyn std::error::Error>> {",
    ...(body?.kind === "form" ? formLines(body) : []),
    "    let response = reqwest::blocking::Client::builder()",
    // Its default would end a long answer after 30 seconds.
    "        .timeout(None)",
    "        .build()?",
    ...calls.map((call) => `        ${call}`),
    ...(streams
      ? ["    for line in std::io::BufReader::new(response).lines() {", '        println!("{}", line?);', "    }"]
      : saves
        ? ['    std::fs::write("answer.bin", response.bytes()?)?;']
        : ['    println!("{}", response.text()?);']),
    "    Ok(())",
    "}",
    "",
  ].join("\n");
}

function typeOf(body: RequestBody | null): [string, string][] {
  if (body === null || body.kind === "form") return [];
  return [["content-type", body.kind === "json" ? "application/json" : body.mediaType]];
}

function bodyCalls(body: RequestBody | null): string[] {
  if (body === null) return [];
  switch (body.kind) {
    case "json":
    case "text":
      return [`.body(${literal(body.text)})`];
    case "form":
      return [".multipart(form)"];
    case "file":
      return [`.body(std::fs::File::open(${literal(body.file.name)})?)`];
  }
}

function formLines({ fields, files }: Extract<RequestBody, { kind: "form" }>): string[] {
  return [
    "    let form = reqwest::blocking::multipart::Form::new()",
    ...fields.map(([name, value]) => `        .text(${literal(name)}, ${literal(value)})`),
    ...files.map(([name, file]) => `        .file(${literal(name)}, ${literal(file.name)})?`),
  ].map((line, index, all) => (index === all.length - 1 ? `${line};` : line));
}

/** Text as Rust writes it: raw where it has quotes, with as many `#` as it needs. */
function literal(text: string): string {
  if (!/["\\]/.test(text) && !control.test(text)) return `"${text}"`;
  // A raw string has no escapes.
  if (control.test(text)) return `"${text.replaceAll(/["\\]|[^\P{Cc}\n]/gu, escaped)}"`;
  const longest = Math.max(0, ...[...text.matchAll(/"(#*)/g)].map(([, marks = ""]) => marks.length + 1));
  const marks = "#".repeat(longest);
  return `r${marks}"${text}"${marks}`;
}

const control = /[^\P{Cc}\n]/u;

function escaped(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
