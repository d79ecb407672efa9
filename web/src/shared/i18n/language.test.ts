import { expect, test } from "vitest";
import { preferred } from "./language";

test("the first language that there is wins, whatever its region", () => {
  expect(preferred(["fr-CA", "de-AT", "en"])).toBe("de");
});

test("without one that there is, the page speaks English", () => {
  expect(preferred(["fr", "toString"])).toBe("en");
  expect(preferred([])).toBe("en");
});
