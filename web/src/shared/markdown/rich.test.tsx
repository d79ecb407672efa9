import { render, screen } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";
import { Markdown } from "./markdown";
import { pieces } from "./highlighter";

// KaTeX refuses pages in quirks mode, which the test's document does not know of.
beforeAll(() => void Object.defineProperty(document, "compatMode", { value: "CSS1Compat", configurable: true }));

test("closed code gets its colours, and no letter of it changes", async () => {
  const code = 'def f(x):\n    return "<b>" + x  # why';
  const { container } = render(<Markdown source={`\`\`\`python\n${code}\n\`\`\`\n`} />);
  expect(container.querySelector("pre")?.textContent).toBe(code);
  await screen.findByText("def");
  expect(container.querySelector(".code-keyword")?.textContent).toBe("def");
  expect(container.querySelector(".code-string")?.textContent).toBe('"<b>"');
  expect(container.querySelector("pre")?.textContent).toBe(code);
  expect(container.querySelector("b")).toBeNull();
});

test("code within code keeps its colours too", () => {
  const root = pieces("<script>let a = 1;</script>", "html");
  expect(JSON.stringify(root)).toContain('{"children":["let"],"scope":"keyword"}');
});

test("a language that nobody knows is shown as it is", () => {
  expect(pieces("x", "nonesuch")).toBeNull();
});

test("code that still grows waits for its colours, so that each frame stays cheap", () => {
  const { container } = render(<Markdown source={"```python\ndef f("} streaming />);
  expect(container.querySelector("pre span")).toBeNull();
});

test("a formula becomes MathML, on its own line where it stands on one", async () => {
  const { container } = render(<Markdown source={"Then $x^2$.\n\n$$\\frac{a}{b}$$"} />);
  await expect.poll(() => container.querySelectorAll("math").length).toBe(2);
  expect(container.querySelector("msup")?.textContent).toBe("x2");
  expect(container.querySelector('math[display="block"] mfrac')).not.toBeNull();
});

test("a formula that cannot be read is shown as it was written, and one cannot link or load", async () => {
  const { container } = render(
    <Markdown source={"$\\frac{a$ and $\\href{javascript:alert(1)}{x}$ and $\\includegraphics{https://example.com/x.png}$"} />,
  );
  await expect.poll(() => container.querySelectorAll(".katex, .katex-error").length).toBe(3);
  expect(container.textContent).toContain("\\frac{a");
  expect(container.querySelector("a, img")).toBeNull();
});

test("an image of this server, or in the text itself, is shown; any other is a link", () => {
  const data = "data:image/png;base64,iVBORw0KGgo=";
  const { container } = render(
    <Markdown source={`![own](/favicon.svg) ![here](${data}) ![svg](data:image/svg+xml;base64,PHN2Zz4=) ![far](https://example.com/a.png)`} />,
  );
  const images = Array.from(container.querySelectorAll("img"), (image) => [image.alt, image.getAttribute("src")]);
  expect(images).toEqual([["own", `${location.origin}/favicon.svg`], ["here", data]]);
  expect(screen.getByRole("link", { name: "far" }).getAttribute("href")).toBe("https://example.com/a.png");
});
