import type { Pull } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes, formatDuration } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Meter } from "@/shared/ui/meter";
import { isOver, useCancelPull, usePull } from "../queries/pulls";

/** How far a pull is, and what can be done about it. */
export function PullLine({ pull }: { pull: Pull }) {
  const said = texts.models;
  const [cancel, again] = [useCancelPull(), usePull()];
  const { total_bytes: total, done_bytes: done } = pull;
  const size = total == null ? formatBytes(done) : said.progress(formatBytes(done), formatBytes(total));
  const running = !isOver(pull);
  const hasEndedBadly = pull.phase === "failed" || pull.phase === "cancelled";
  return (
    <li className="grid gap-1.5 py-3 text-sm tabular-nums">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="font-medium break-all">{pull.model}</span>
        <span className={pull.phase === "failed" ? "text-danger" : "text-soft"}>{said.phase[pull.phase] ?? pull.phase}</span>
        <span className="ml-auto text-xs text-faint">{[size, ...speed(pull)].join(" · ")}</span>
        {running && (
          <Button size="small" aria-label={said.cancelPull(pull.model)} onClick={() => cancel.mutate(pull.id)}>
            {said.cancel}
          </Button>
        )}
        {hasEndedBadly && (
          <Button size="small" onClick={() => again.mutate(pull.model)}>{said.again}</Button>
        )}
      </div>
      {running && <Meter label={pull.model} share={total == null || total === 0 ? 0 : done / total} said={size} />}
      {running && pull.source != null && <p className="text-xs break-all text-faint">{said.from(pull.source)}</p>}
      {pull.phase === "installed" && pull.verified_by != null && (
        <p className="text-xs text-faint">{said.verified[pull.verified_by] ?? pull.verified_by}</p>
      )}
      {pull.error != null && <p role="alert" className="text-xs whitespace-pre-line text-danger">{pull.error}</p>}
    </li>
  );
}

function speed({ bytes_per_second: rate, total_bytes: total, done_bytes: done }: Pull): string[] {
  if (rate == null || rate <= 0) return [];
  const said = texts.models;
  const left = total == null ? [] : [said.left(formatDuration(((total - done) / rate) * 1_000))];
  return [said.rate(formatBytes(rate)), ...left];
}
