import { useState } from "react";
import { asFailure } from "@/shared/api/failure";
import type { AuditEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Input } from "@/shared/ui/field";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useAudit, useUndo } from "../queries/audit";
import { ChangeTable } from "./change-table";

/** Who changed what, and back. */
export function ChangesSection() {
  const said = texts.changes;
  const [wanted, setWanted] = useState("");
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useAudit(wanted.trim());
  const undo = useUndo();
  const [asked, setAsked] = useState<AuditEntry | null>(null);
  const entries = data?.pages.flatMap((page) => page.data) ?? [];
  const take = (entry: AuditEntry, force: boolean) => {
    setAsked(null);
    undo.mutate({ id: entry.id, setting: entry.setting, force }, { onError: () => setAsked(entry) });
  };
  const refused = undo.error === null ? null : asFailure(undo.error);
  const filter = (
    <Input
      type="search"
      aria-label={said.filter}
      placeholder={said.filter}
      className="max-w-56"
      value={wanted}
      onChange={(event) => setWanted(event.target.value)}
    />
  );
  return (
    <Panel title={said.title} about={said.about} actions={filter}>
      {isPending && <LoadingState lines={6} />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && entries.length === 0 && (
        <EmptyState title={wanted === "" ? said.none : said.noneFound} />
      )}
      {entries.length > 0 && <ChangeTable entries={entries} onUndo={(entry) => take(entry, false)} />}
      {hasNextPage && (
        <Button size="small" className="mt-3" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {said.more}
        </Button>
      )}
      <Dialog
        title={refused?.code === "conflict" ? said.conflictTitle : said.undo}
        open={asked !== null && refused !== null}
        onClose={() => setAsked(null)}
        footer={
          refused?.code === "conflict" &&
          asked?.undoable === true && <Button kind="danger" onClick={() => take(asked, true)}>{said.force}</Button>
        }
      >
        <p className="text-sm leading-relaxed text-soft">{refused?.message}</p>
      </Dialog>
    </Panel>
  );
}
