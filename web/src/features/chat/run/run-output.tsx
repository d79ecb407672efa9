import { formatBytes, formatDuration, formatNumber } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { FailureNote } from "@/shared/ui/failure-note";
import type { SandboxResult } from "../messages/wire";
import { Artifacts } from "./artifacts";
import type { Written } from "./program";
import type { Run } from "./runs";

/** What a program does: its output while it runs, and at its end what came of it. */
export function RunOutput({ run: { running, written, result, failure } }: { run: Run }) {
  const silent = result !== null && written.length === 0 && result.value == null && result.artifacts.length === 0;
  return (
    <div className="space-y-3 border-t border-line bg-paper px-3.5 py-3 text-sm">
      <p role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint tabular-nums empty:hidden">
        {running && <span className="text-accent">{texts.run.running}</span>}
        {result && <Ending result={result} />}
      </p>
      {result?.session_lost != null && (
        <p className="text-xs text-warning">{texts.run.sessionLost(result.session_lost)}</p>
      )}
      {written.length > 0 && <Output written={written} />}
      {silent && <p className="text-xs text-faint">{texts.run.noOutput}</p>}
      {result?.value != null && (
        <div>
          <p className="text-xs text-faint">{texts.run.value}</p>
          <pre className="run-text">{result.value}</pre>
        </div>
      )}
      {result !== null && Object.values(result.truncated).some(Boolean) && (
        <p className="text-xs text-warning">{texts.run.truncated}</p>
      )}
      {result !== null && <Artifacts artifacts={result.artifacts} />}
      {failure !== null && <FailureNote failure={failure} />}
    </div>
  );
}

/** Both streams, in the order in which they were written. */
export function Output({ written }: { written: readonly Written[] }) {
  return (
    // Focusable, because a keyboard must be able to scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="run-text" tabIndex={0} role="group" aria-label={texts.run.output}>
      {written.map(({ to, text }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- pieces are only ever added
        <span key={index} className={to === "stderr" ? "text-danger" : undefined}>{text}</span>
      ))}
    </pre>
  );
}

/** How it ended, how long it took, and what kept it apart. */
function Ending({ result }: { result: SandboxResult }) {
  const { status, exit, signal } = result;
  const said = Object.hasOwn(texts.run.statuses, status) ? texts.run.statuses[status] : status;
  const code = exit != null && exit !== 0 ? texts.run.exit(String(exit)) : null;
  const end = code ?? (signal != null ? texts.run.signal(String(signal)) : null);
  return (
    <>
      <span className={status === "ok" ? "text-accent" : "text-danger"}>
        {[said, end].filter((part) => part !== null).join(", ")}
      </span>
      <span>{texts.run.took(exact(result.wall_ms))}</span>
      <span>{texts.run.memory(formatBytes(result.max_rss_bytes))}</span>
      <span>{texts.run.isolated(result.tier)}</span>
    </>
  );
}

function exact(ms: number): string {
  return ms < 100 ? `${formatNumber(ms)} ms` : formatDuration(ms);
}
