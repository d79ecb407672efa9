import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { codes } from "./codes";

afterEach(() => localStorage.clear());

const body = { error: { type: "x", code: "storage_full", message: "the disk is full", hint: "free some space", request_id: "req_1" } };

test("every code of the server has German words, and no other", () => {
  const documented = readFileSync(resolve("../docs/errors.md"), "utf8").matchAll(/^\| `([a-z_]+)` \| \d{3} \|/gm);
  expect(Object.keys(codes.de ?? {}).toSorted()).toEqual([...documented].map(([, code]) => code).toSorted());
});

test("a failure is said in the page's language, with the server's own words below", async () => {
  const said = await failureIn("de");
  expect([said.message, said.hint]).toEqual(["Die Festplatte mit der Datenbank ist voll.", "the disk is full. free some space"]);
  const english = await failureIn("en");
  expect([english.message, english.hint]).toEqual(["the disk is full", "free some space"]);
});

async function failureIn(language: string) {
  localStorage.setItem("council.language", language);
  vi.resetModules();
  const { failureOf } = await import("@/shared/api/failure");
  return failureOf(507, body);
}
