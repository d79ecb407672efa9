import { expect, test } from "vitest";
import { formatAge, formatDuration } from "./format";

test("durations take the unit that suits them", () => {
  const cases: [number, string][] = [
    [0.4, "0 ms"],
    [420.4, "420 ms"],
    [999.6, "1.0 s"],
    [3_240, "3.2 s"],
    [59_960, "1 min 0 s"],
    [125_000, "2 min 5 s"],
  ];
  for (const [ms, text] of cases) expect(formatDuration(ms)).toBe(text);
});

test("ages count calendar days, not hours", () => {
  const now = new Date(2026, 2, 10, 0, 30);
  const at = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime() / 1000;
  expect(formatAge(at(10, 0), now)).toBe("Today");
  expect(formatAge(at(9, 23), now)).toBe("Yesterday");
  expect(formatAge(at(3, 1), now)).toBe("Previous 7 days");
  expect(formatAge(at(2, 23), now)).toBe("Older");
});
