import { expect, test } from "vitest";
import type { MetricsHistory } from "@/shared/api/types";
import { eachOf, lastOf, liveColumns, pastColumns } from "./columns";

const history = (start: number, step_s: number, cpu: (number | null)[]): MetricsHistory => ({
  object: "metrics.history",
  start,
  step_s,
  points: cpu.length,
  series: { cpu },
  units: { cpu: "share" },
});

test("the live tail goes on where the history ends, and wins where both know a second", () => {
  const past = history(100, 1, [0.1, 0.2, null]);
  const tail = [{ at: 102.5, values: { cpu: 0.3 } }, { at: 103.5, values: { cpu: 0.4 } }];
  const { times, lines } = liveColumns(past, tail, ["cpu"], 5, 104.2);
  expect(times).toEqual([100, 101, 102, 103, 104]);
  expect(lines).toEqual([[0.1, 0.2, 0.3, 0.4, null]]);
});

test("seconds that were not measured stay gaps", () => {
  const tail = [{ at: 10.5, values: { cpu: 1 } }, { at: 14.5, values: { cpu: null } }];
  expect(liveColumns(undefined, tail, ["cpu", "queued"], 5, 14.9).lines).toEqual([
    [1, null, null, null, null],
    [null, null, null, null, null],
  ]);
});

test("summaries are shown as they are", () => {
  const { times, lines } = pastColumns(history(600, 60, [null, 0.5, 0]), ["cpu", "unknown"]);
  expect(times).toEqual([600, 660, 720]);
  expect(lines).toEqual([[null, 0.5, 0], [null, null, null]]);
  expect(lastOf(lines[0])).toBe(0);
  expect(lastOf(lines[1])).toBeNull();
});

test("what a request costs is nothing where there was none", () => {
  const lines = [[1, 0, null, 0.5], [4, 0, null, 1]];
  expect(eachOf({ times: [1, 2, 3, 4], lines }).lines).toEqual([[0.25, null, null, 0.5]]);
});
