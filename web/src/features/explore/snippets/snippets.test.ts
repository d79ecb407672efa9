import { expect, test } from "vitest";
import type { HttpRequest } from "../request";
import { snippets } from "./snippet";

const origin = "http://127.0.0.1:9000";
const value = { messages: [{ role: "user", content: 'It\'s "quoted" \\ and\nlong' }], stream: true, top_k: 5, stop: null };
const chat: HttpRequest = {
  method: "POST",
  url: "/v1/chat/completions",
  headers: [["x-session", "s'1"]],
  body: { kind: "json", text: JSON.stringify(value, null, 2), value },
  streams: true,
  saves: false,
};
const get: HttpRequest = { method: "GET", url: "/v1/models/a%2Fb?x=1", headers: [], body: null, streams: false, saves: false };
const form: HttpRequest = {
  method: "POST",
  url: "/v1/knowledge",
  headers: [],
  body: { kind: "form", fields: [["project", "@home"]], files: [["file", new File(["x"], "a b.md")]] },
  streams: false,
  saves: false,
};

test("a streamed request with quotes of every kind, in each language", () => {
  for (const [language, write] of Object.entries(snippets)) expect(write(chat, origin)).toMatchSnapshot(language);
});

test("a plain GET, in each language", () => {
  for (const [language, write] of Object.entries(snippets)) expect(write(get, origin)).toMatchSnapshot(language);
});

test("a form with a file, in each language but OpenAI's", () => {
  expect(snippets.openai(form, origin)).toBeNull();
  for (const [language, write] of Object.entries(snippets)) expect(write(form, origin)).toMatchSnapshot(language);
});

test("OpenAI's client gets a model, and fields of ours apart", () => {
  const code = snippets.openai(chat, origin);
  expect(code).toContain('model="council/auto"');
  expect(code).toContain('extra_body={"top_k": 5}');
});

test("bytes are saved and not printed", () => {
  const zip = { ...get, url: "/v1/memory/agent-zero", saves: true };
  expect(snippets.curl(zip, origin)).toContain("-o answer.bin");
  expect(snippets.python(zip, origin)).toContain("response.content");
  expect(snippets.typescript(zip, origin)).toContain("writeFile");
  expect(snippets.rust(zip, origin)).toContain("bytes()");
});
