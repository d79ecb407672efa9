import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { isDangerous } from "./danger";
import { filtered, readDocument } from "./document";
import { draftOf, examples, firstDraft } from "./examples";
import { bodyKind } from "./media";
import { problemsOfDraft } from "./problems";

const document = readDocument(JSON.parse(readFileSync(resolve("../docs/openapi.json"), "utf8")));
const byId = (id: string) => document.operations.find((operation) => operation.id === id);

test("every route of the server is in one group and has an address of its own", () => {
  const grouped = document.tags.flatMap(({ operations }) => operations);
  expect(grouped.length).toBe(document.operations.length);
  expect(new Set(document.operations.map(({ id }) => id)).size).toBe(document.operations.length);
  expect(byId("chat_completions")).toMatchObject({ method: "POST", path: "/v1/chat/completions", tag: "openai" });
});

test("a filter keeps the routes that have all its words, in path, name, method or summary", () => {
  const ids = (filter: string) => filtered(document.tags, filter).flatMap(({ operations }) => operations.map(({ id }) => id));
  expect(ids("delete CONVERSATIONS /v1/conversations/")).toEqual(["delete_conversation"]);
  expect(ids("")).toHaveLength(document.operations.length);
  expect(ids("no such route")).toEqual([]);
});

test("every example belongs to a route and fits what the server says of it", () => {
  for (const [id, list] of Object.entries(examples)) {
    const operation = byId(id);
    if (operation === undefined) throw new Error(`no operation \`${id}\``);
    for (const example of list) {
      const { parameters, body, notJson } = problemsOfDraft(operation, draftOf(example, operation, document.schemas), document.schemas, null);
      expect({ id, name: example.name, problems: [...parameters, ...body], notJson }).toEqual({ id, name: example.name, problems: [], notJson: null });
    }
  }
});

test("what every route begins with is of the right form; only what nobody can guess is missing", () => {
  for (const operation of document.operations) {
    const draft = firstDraft(operation, document.schemas);
    const found = problemsOfDraft(operation, draft, document.schemas, null);
    const bad = [...found.parameters, ...found.body].filter(({ message }) => !/must not be empty|at least/.test(message));
    expect({ id: operation.id, bad, notJson: found.notJson }).toEqual({ id: operation.id, bad: [], notJson: null });
  }
});

test("what takes something away or changes the server is asked about, and nothing else", () => {
  const asked = document.operations.filter(isDangerous).map(({ id }) => id);
  expect(asked).toEqual(expect.arrayContaining(["delete_conversation", "forget_memories", "memory_delete", "admin_cloud", "unload_model"]));
  for (const id of ["chat_completions", "list_memories", "admin_status", "run_program", "save_memory", "search_memory"]) {
    expect(asked).not.toContain(id);
  }
});

test("bodies are forms, texts or files by their media type", () => {
  const kinds = ["application/json", "multipart/form-data", "application/x-ndjson", "application/zip"].map(bodyKind);
  expect(kinds).toEqual(["json", "form", "text", "file"]);
});
