import type { ReactNode } from "react";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/shared";
import { FailureNote } from "./failure-note";

/** Nothing is there yet: why, and what to do. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-8 text-center">
      <p className="text-sm font-medium text-soft">{title}</p>
      {children && <div className="max-w-[26rem] text-sm text-faint">{children}</div>}
    </div>
  );
}

/** It could not be had: what went wrong, and another try. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return <FailureNote failure={asFailure(error)} onRetry={onRetry} />;
}

/** It is on its way. Lines of the shape of what will come keep the page from jumping. */
export function LoadingState({ label = texts.app.loading, lines = 3 }: { label?: string; lines?: number }) {
  const shapes = ["w-full", "w-11/12", "w-3/5", "w-4/5", "w-2/3"];
  return (
    <div role="status" aria-label={label} className="space-y-3 py-2">
      {Array.from({ length: lines }, (_, line) => (
        // oxlint-disable-next-line react/no-array-index-key -- lines are alike and never move
        <div key={line} className={`h-4 rounded bg-raised ${shapes[line % shapes.length]}`} />
      ))}
    </div>
  );
}
