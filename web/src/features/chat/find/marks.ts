/** Names of the browser's highlights; styles.css says how they look. */
const everywhere = "found-text";
const here = "found-here";

/** Every place of a text below an element, in any case. A place that begins in one element and ends in another is none. */
export function rangesIn(root: Node, text: string): Range[] {
  const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), "giu");
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const ranges: Range[] = [];
  while (nodes.nextNode() !== null) {
    const node = nodes.currentNode;
    for (const { index, 0: found } of (node.nodeValue ?? "").matchAll(pattern)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + found.length);
      ranges.push(range);
    }
  }
  return ranges;
}

/**
 * Marks a text wherever it stands on the page, and more so in the element that is looked at, without touching what is there.
 * Where the browser knows no highlights nothing is marked.
 */
export function mark(root: HTMLElement, text: string, current: Element | null): void {
  if (!("highlights" in CSS)) return;
  const ranges = rangesIn(root, text);
  const isHere = (range: Range) => current?.contains(range.startContainer) ?? false;
  CSS.highlights.set(everywhere, new Highlight(...ranges.filter((range) => !isHere(range))));
  CSS.highlights.set(here, new Highlight(...ranges.filter(isHere)));
}

/** Takes all marks away. */
export function unmark(): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete(everywhere);
  CSS.highlights.delete(here);
}
