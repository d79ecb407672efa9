import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Markdown } from "./markdown";

const shown = (source: string, streaming: boolean) => render(<Markdown source={source} streaming={streaming} />).container.textContent;

test("marks that wait for their end are not shown while a line is being written", () => {
  for (const written of ["see **the page", "see [the page", "see [the page]", "see [the page](", "see [the page](https://exa", "see ![the page](/v1/fi"]) {
    expect(shown(written, true)).toBe("see the page");
  }
});

test("a line that has come to its end is shown as it was written", () => {
  expect(shown("see [the page", false)).toBe("see [the page");
  expect(shown("see [the page\n\nNext", true)).toBe("see [the pageNext");
});

test("what only looks like a mark stays", () => {
  expect(shown("2 * 3 and 4_000", true)).toBe("2 * 3 and 4_000");
  expect(shown("`a[0]` and **b** and [c](https://c.example)", true)).toBe("a[0] and b and c");
});
