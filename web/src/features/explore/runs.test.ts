import { expect, test } from "vitest";
import { histogram, spreadOf } from "./runs";

test("percentiles are times that were measured, by nearest rank", () => {
  const times = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(spreadOf(times)).toEqual({ p50: 50, p95: 95, p99: 99, least: 1, most: 100 });
  expect(spreadOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, least: 7, most: 7 });
  expect(spreadOf([])).toBeNull();
});

test("every time is in one bin of the histogram, the largest in the last", () => {
  expect(histogram([0, 1, 5, 9, 10], 10)).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 0, 2]);
  expect(histogram([3, 3, 3], 4)).toEqual([3, 0, 0, 0]);
});
