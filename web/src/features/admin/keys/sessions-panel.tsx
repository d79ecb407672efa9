import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/admin";
import { formatDate } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toasts";
import { DataCell, DataTable } from "../data-table";
import { useEndSession, useSessions } from "../queries/access";

/** The browsers that are signed in: with which key, since when, until when. Each can be signed out from here. */
export function SessionsPanel() {
  const said = texts.sessions;
  const { data, error, isPending, refetch } = useSessions();
  const end = useEndSession();
  const onEnd = (id: string) =>
    end.mutate(id, {
      onSuccess: () => toast(said.ended),
      onError: (thrown) => toast(asFailure(thrown).message, { tone: "danger" }),
    });
  return (
    <Panel title={said.title} about={said.about}>
      {isPending && <LoadingState lines={2} />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && <EmptyState title={said.none} />}
      {data !== undefined && data.length > 0 && (
        <DataTable label={said.title} heads={[said.key, said.user, said.opened, said.expires]} action={said.end}>
          {data.map((session) => (
            <tr key={session.id}>
              <DataCell long>
                <span className="flex flex-wrap items-center gap-2 font-medium">
                  {session.key.name}
                  {session.current && <Badge tone="accent">{said.current}</Badge>}
                </span>
              </DataCell>
              <DataCell long head={said.user}>{session.user}</DataCell>
              <DataCell head={said.opened} className="whitespace-nowrap text-soft">{formatDate(session.opened_at)}</DataCell>
              <DataCell head={said.expires} className="whitespace-nowrap text-soft">{formatDate(session.expires_at)}</DataCell>
              <DataCell className="whitespace-nowrap md:w-px">
                <Button size="small" kind="quiet" aria-label={said.endOf(session.key.name)} disabled={end.isPending} onClick={() => onEnd(session.id)}>
                  {said.end}
                </Button>
              </DataCell>
            </tr>
          ))}
        </DataTable>
      )}
    </Panel>
  );
}
