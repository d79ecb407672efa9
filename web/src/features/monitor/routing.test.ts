import { expect, test } from "vitest";
import type { Receipt } from "@/shared/api/types";
import { sharesOf } from "./route-shares";
import { reasonOf } from "./route-table";
import { withPiece } from "./token-feed";
import { formatMilliseconds, formatValue } from "./values";
import { spansOf } from "./waterfall";

const receipt = (more: Partial<Receipt>) => more as Receipt;

test("the parts of a request follow each other, and what is in none of them is shown too", () => {
  const times_ms = { route: 10, memory: 0, prefill: 30, decode: 50, tools: 0, total: 100 };
  expect(spansOf({ times_ms })).toEqual([
    { name: "Deciding", start: 0, length: 10 },
    { name: "Reading the prompt", start: 10, length: 30 },
    { name: "Writing the answer", start: 40, length: 50 },
    { name: "Anything else", start: 90, length: 10 },
  ]);
  expect(spansOf({ times_ms: { ...times_ms, total: 90.5 } })).toHaveLength(3);
});

test("shares count who answered, the most often first, and requests that nobody answered", () => {
  const by = (answered_by: string, cost_usd = 0) => receipt({ answered_by, cost_usd });
  expect(sharesOf([by("tiny"), by("far", 0.25), by(""), by("far", 0.5)])).toEqual([
    { name: "far", count: 2, cost: 0.75 },
    { name: "tiny", count: 1, cost: 0 },
    { name: "nobody", count: 1, cost: 0 },
  ]);
});

test("the reason is that of who answered, of the last one who was asked, or the cache", () => {
  const step = (outcome: string, reason: string) => ({ answerer: "a", outcome, reason, calibrated: false, elapsed_ms: 1, input_tokens: 0, output_tokens: 0, cost_usd: 0 });
  const steps = [step("unsure", "first"), step("accepted", "second"), step("failed", "third")];
  expect(reasonOf(receipt({ steps, cache: null }))).toBe("second");
  expect(reasonOf(receipt({ steps: steps.filter(({ outcome }) => outcome !== "accepted"), cache: null }))).toBe("third");
  expect(reasonOf(receipt({ steps: [], cache: "exact" }))).toBe("from the cache (exact)");
});

test("pieces of one answer are put together, and those of another are apart", () => {
  const piece = (request_id: string, text: string, from: number) => ({ request_id, choice: 0, model: "tiny", from, tokens: [{ text, logprob: null, top: [] }] });
  let watched = withPiece([], piece("a", "Hel", 2));
  watched = withPiece(watched, piece("b", "x", 0));
  watched = withPiece(watched, piece("a", "lo", 3));
  watched = withPiece(watched, { request_id: "b", choice: 0, ended: true });
  expect(watched.map(({ requestId, missed, tokens, ended }) => [requestId, missed, tokens.map(({ text }) => text).join(""), ended])).toEqual([
    ["b", 0, "x", true],
    ["a", 2, "Hello", false],
  ]);
});

test("values have their units, short times their digits, and nothing is a dash", () => {
  expect(formatValue(null, "ms")).toBe("–");
  expect(formatValue(0.25, "share")).toBe("25%");
  expect(formatValue(12.345, "rate")).toBe("12.3/s");
  expect(formatMilliseconds(0.0021)).toBe("< 0.01 ms");
  expect(formatMilliseconds(0.5167)).toBe("0.517 ms");
  expect(formatMilliseconds(2_345)).toBe("2.3 s");
});
