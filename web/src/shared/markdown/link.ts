/** Where a link in an answer may lead: never to `javascript:`, `data:` or a file. */
const allowed = new Set(["http:", "https:", "mailto:"]);

/** The address where it is one that a person may be sent to, else `null`. A relative one is none: it would be ours. */
export function safeAddress(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  return allowed.has(url.protocol) ? url.href : null;
}
