import { useEffect, useLayoutEffect, useRef, useState } from "react";

type Katex = typeof import("katex");

let loaded: Katex | null = null;
const load = () =>
  import("katex").then((katex) => {
    loaded = katex;
    return katex;
  });

/** A formula as MathML, which browsers set themselves. As it was written until the part that reads it is there. */
export function Formula({ source, display }: { source: string; display: boolean }) {
  const [katex, setKatex] = useState(loaded);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (katex === null) void load().then(setKatex, () => undefined);
  }, [katex]);
  useLayoutEffect(() => {
    const element = place.current;
    if (katex === null || element === null) return;
    // It makes elements, and no text that is read as HTML; `trust` off: no links and no foreign images.
    const options = { output: "mathml", displayMode: display, throwOnError: false, trust: false, strict: "ignore" } as const;
    try {
      katex.render(source, element, options);
    } catch {
      element.textContent = source;
    }
  }, [katex, source, display]);
  const shape = display ? "block overflow-x-auto py-1 text-center" : undefined;
  // A key per way, because what KaTeX put there is not React's to take away.
  return katex === null ? (
    <span key="source" className={shape}><code>{source}</code></span>
  ) : (
    <span key="formula" ref={place} className={shape} />
  );
}
