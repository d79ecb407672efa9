import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Markdown } from "./markdown";

const html = (source: string) => render(<Markdown source={source} />).container;

test("headings, lists, emphasis, code and tables become their elements", () => {
  const page = html(
    "# Title\n\nOne **bold** and *slanted* and `code` and ~~gone~~.\n\n3. three\n4. four\n\n- [x] done\n\n" +
      "| a | b |\n|:-:|---|\n| 1 | 2 |\n\n> quoted\n\n---\n",
  );
  expect(page.querySelector("h3")?.textContent).toBe("Title");
  expect(page.querySelector("strong")?.textContent).toBe("bold");
  expect(page.querySelector("em")?.textContent).toBe("slanted");
  expect(page.querySelector("p code")?.textContent).toBe("code");
  expect(page.querySelector("del")?.textContent).toBe("gone");
  expect(page.querySelector("ol")?.getAttribute("start")).toBe("3");
  expect(page.querySelectorAll("ol li")).toHaveLength(2);
  expect(page.querySelector<HTMLInputElement>("li input")?.checked).toBe(true);
  expect(Array.from(page.querySelectorAll("th, td"), (cell) => cell.textContent)).toEqual(["a", "b", "1", "2"]);
  expect(page.querySelector("blockquote p")?.textContent).toBe("quoted");
  expect(page.querySelector("hr")).not.toBeNull();
});

test("headings are in order below the page's own, whatever levels the model skips", () => {
  const page = html("## A\n\n#### B\n\n## C\n");
  const headings = Array.from(page.querySelectorAll("h1, h2, h3, h4, h5, h6"), (h) => `${h.tagName} ${h.textContent}`);
  expect(headings).toEqual(["H3 A", "H4 B", "H3 C"]);
});

test("a heading that is still being written changes none above it", () => {
  const { container, rerender } = render(<Markdown source={"## A\n\ntext\n\n"} streaming />);
  const levels = () => Array.from(container.querySelectorAll("h3, h4, h5, h6"), (h) => h.tagName);
  for (const written of ["#", "##", "## ", "## B"]) {
    rerender(<Markdown source={`## A\n\ntext\n\n${written}`} streaming />);
    expect(levels()[0]).toBe("H3");
  }
  expect(levels()).toEqual(["H3", "H3"]);
});

test("HTML in an answer is shown as text and never becomes markup", () => {
  for (const attack of [
    "<script>globalThis.ran = true</script>",
    'before <img src=x onerror="globalThis.ran = true"> after',
    "<iframe src=https://example.com></iframe>",
    '<a href="javascript:globalThis.ran = true">x</a>',
    "- <svg onload=alert(1)>",
    "| <b>x</b> |\n|---|\n| <style>*{display:none}</style> |",
  ]) {
    const page = html(attack);
    expect(page.querySelector("script, img, iframe, a, svg, style, b"), attack).toBeNull();
    expect(page.textContent).toContain("<");
  }
  expect("ran" in globalThis).toBe(false);
});

test("links lead only to the web and to mail", () => {
  const page = html(
    "[web](https://example.com/a?b=c) [mail](mailto:a@example.com) [js](javascript:alert(1)) [JS](JaVaScRiPt:alert(1)) " +
      "[data](data:text/html,x) [file](file:///etc/passwd) [own](/v1/models) [entity](java&#115;cript:alert(1)) https://bare.example",
  );
  expect(Array.from(page.querySelectorAll("a"), (link) => link.getAttribute("href"))).toEqual([
    "https://example.com/a?b=c",
    "mailto:a@example.com",
    "https://bare.example/",
  ]);
  for (const link of page.querySelectorAll("a")) expect(link.rel).toContain("noopener");
  expect(page.textContent).toContain("js JS data file own entity");
});

test("an image is a link, because loading it would call another server", () => {
  const page = html("![a cat](https://example.com/cat.png)");
  expect(page.querySelector("img")).toBeNull();
  expect(screen.getByRole("link", { name: "a cat" }).getAttribute("href")).toBe("https://example.com/cat.png");
});

test("character references are decoded in text and left alone in code", () => {
  const page = html("a &lt; b &amp;&amp; c &#x1F600; &bogus; &#0;\n\n`&lt;`\n\n```\n&amp;\n```");
  expect(page.querySelector("p")?.textContent).toBe("a < b && c 😀 &bogus; \ufffd");
  expect(page.querySelector("p code")?.textContent).toBe("&lt;");
  expect(page.querySelector("pre")?.textContent).toBe("&amp;");
});

test("an unfinished code block is code already while the answer streams", () => {
  const { container, rerender } = render(<Markdown source={"Look:\n\n```rust\nfn main() {"} />);
  expect(container.querySelector("pre")?.textContent).toBe("fn main() {");
  const first = container.querySelector("p");
  rerender(<Markdown source={"Look:\n\n```rust\nfn main() {}\n```"} />);
  expect(container.querySelector("pre")?.textContent).toBe("fn main() {}");
  expect(container.querySelector("figcaption span")?.textContent).toBe("rust");
  expect(container.querySelector("p")).toBe(first);
});

test("a link definition that comes later completes the link before it", () => {
  const { container, rerender } = render(<Markdown source={"See [this][1].\n\n"} />);
  expect(container.querySelector("a")).toBeNull();
  rerender(<Markdown source={"See [this][1].\n\n[1]: https://example.com"} />);
  expect(container.querySelector("a")?.textContent).toBe("this");
});

test("the copy button of a code block copies the code", async () => {
  const user = userEvent.setup();
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  html("```js\nlet a = 1;\n```");
  await user.click(screen.getByRole("button", { name: "Copy" }));
  expect(write).toHaveBeenCalledWith("let a = 1;");
  expect(await screen.findByText("Copied")).toBeTruthy();
});
