import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const schema = readFileSync(resolve("src/shared/api/schema.d.ts"), "utf8");
const recorded = (what: string) => new RegExp(`^// ${what} sha256: (\\w+)$`, "m").exec(schema)?.[1];

test("the types were generated from the API document as it is now: otherwise run `npm run api`", () => {
  expect(recorded("source")).toBe(sha256(readFileSync(resolve("../docs/openapi.json"))));
});

test("nobody has edited the generated types by hand", () => {
  const body = schema.replace(/^(\/\/.*\n)+/, "");
  expect(recorded("body")).toBe(sha256(body));
});
