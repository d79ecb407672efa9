import type { Alert } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatDate } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { CheckIcon } from "@/shared/ui/icons";
import { Panel } from "@/shared/ui/panel";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useAlerts } from "./queries";

const t = texts.alerts;

/** What somebody should know, and what is over. */
export function AlertsPanel({ stale }: { stale: boolean }) {
  const { data: alerts, error, refetch } = useAlerts();
  const active = alerts?.filter(({ resolved }) => typeof resolved !== "number") ?? [];
  const over = alerts?.filter(({ resolved }) => typeof resolved === "number") ?? [];
  // Of a server that says nothing, nobody knows.
  if (stale && active.length === 0) return null;
  if (alerts?.length === 0) {
    return (
      <p className="flex items-center gap-2 px-1 text-sm text-soft">
        <span className="text-accent"><CheckIcon /></span>
        {t.none}
      </p>
    );
  }
  // As high as the line that comes as a rule, so that nothing below it moves then.
  if (alerts === undefined && error === null) return <div className="-my-1.5"><LoadingState lines={1} /></div>;
  return (
    <Panel title={t.title}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {alerts !== undefined && active.length === 0 && <p className="text-sm text-soft">{t.none}</p>}
      <ul role="status" className="grid gap-2 empty:hidden">
        {active.map((alert) => <Row key={`${alert.rule} ${alert.subject}`} alert={alert} />)}
      </ul>
      {over.length > 0 && (
        <details className="mt-3 text-sm">
          <summary className="cursor-pointer text-soft">{t.past(formatCount(over.length))}</summary>
          <ul className="mt-2 grid max-h-60 gap-2 overflow-y-auto">
            {over.map((alert) => <Row key={`${alert.rule} ${alert.subject} ${alert.since}`} alert={alert} />)}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function Row({ alert }: { alert: Alert }) {
  const when = typeof alert.resolved === "number"
    ? t.over(formatDate(alert.since), formatDate(alert.resolved))
    : t.since(formatDate(alert.since));
  return (
    <li className="grid grid-cols-[auto_1fr] items-baseline gap-x-3 gap-y-0.5 text-sm">
      <Badge tone={alert.severity === "critical" ? "danger" : "warning"}>{t.severity[alert.severity] ?? alert.severity}</Badge>
      <span className="first-letter:uppercase">{alert.message}</span>
      <span className="col-start-2 text-xs text-faint">{when}</span>
    </li>
  );
}
