import type { Failure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/shared";

interface FailureNoteProps {
  failure: Failure;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, what to do about it, and a way to do it. */
export function FailureNote({ failure, onRetry }: FailureNoteProps) {
  return (
    <div role="alert" className="rounded-lg border border-danger/40 bg-danger/5 px-4 py-3 text-sm leading-relaxed">
      <p className="text-danger">{failure.message}</p>
      {failure.hint !== null && <p className="mt-1 text-soft">{failure.hint}</p>}
      {(onRetry || failure.requestId !== null) && (
        <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-faint">
          {onRetry && (
            <button
              type="button"
              onClick={onRetry}
              className="rounded-md border border-line bg-paper px-3 py-1.5 text-sm text-ink hover:bg-raised"
            >
              {texts.failure.tryAgain}
            </button>
          )}
          {failure.requestId !== null && (
            <span className="min-w-0 break-all">{texts.failure.request(failure.requestId)}</span>
          )}
        </p>
      )}
    </div>
  );
}
