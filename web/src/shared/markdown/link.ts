/** Where a link in an answer may lead: never to `javascript:`, `data:` or a file. */
const allowed = new Set(["http:", "https:", "mailto:"]);

/** The address where it is one that a person may be sent to, else `null`. A relative one is none: it would be ours. */
export function safeAddress(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  return allowed.has(url.protocol) ? url.href : null;
}

/** Kinds of images that browsers show without running anything of them. */
const shown = /^data:image\/(png|jpeg|gif|webp|avif);base64,/i;

/** The address of an image that may be loaded: one in the text itself, or of this server; else `null`. */
export function ownImage(source: string): string | null {
  if (shown.test(source)) return source;
  if (!URL.canParse(source, location.href)) return null;
  const url = new URL(source, location.href);
  return url.origin === location.origin && /^https?:$/.test(url.protocol) ? url.href : null;
}
