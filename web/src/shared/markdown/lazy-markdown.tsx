import { type ComponentProps, Suspense, lazy } from "react";
import type { Markdown } from "./markdown";

const Whole = lazy(() => import("./markdown").then((part) => ({ default: part.Markdown })));

/** Markdown whose reader comes with the first text that needs one: until it is there, the text as it was written. */
export function LazyMarkdown(props: ComponentProps<typeof Markdown>) {
  return (
    <Suspense fallback={<div className="markdown whitespace-pre-wrap">{props.source}</div>}>
      <Whole {...props} />
    </Suspense>
  );
}
