import { texts } from "@/shared/i18n/chat";
import { formatBytes } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Meter } from "@/shared/ui/meter";
import { type Pull, isComing, useCancelPull } from "./queries";

/** How far a model is on its way here. */
export function PullProgress({ pull }: { pull: Pull }) {
  const cancel = useCancelPull();
  const { done_bytes: done, total_bytes: total, bytes_per_second: speed } = pull;
  const phase = texts.setup.phases[pull.phase] ?? pull.phase;
  const said = total == null ? formatBytes(done) : texts.setup.progress(formatBytes(done), formatBytes(total));
  return (
    <div role="status" className="grid gap-1.5 rounded-lg border border-line px-3 py-2 text-xs">
      <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className="font-medium break-all">{pull.model}</span>
        <span className={pull.phase === "failed" ? "text-danger" : "text-soft"}>{phase}</span>
        {isComing(pull) && (
          <span className="text-faint tabular-nums">
            {[said, speed == null ? null : texts.setup.speed(formatBytes(speed))].filter((part) => part !== null).join(" · ")}
          </span>
        )}
      </p>
      {isComing(pull) && total != null && <Meter label={pull.model} share={done / total} said={said} />}
      {pull.error != null && <p className="text-danger">{pull.error}</p>}
      {isComing(pull) && (
        <div>
          <Button size="small" kind="quiet" onClick={() => cancel.mutate(pull.id)}>{texts.setup.cancel}</Button>
        </div>
      )}
    </div>
  );
}
