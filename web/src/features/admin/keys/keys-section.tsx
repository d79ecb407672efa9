import { useState } from "react";
import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useKeys } from "../queries/access";
import { KeyForm } from "./key-form";
import { KeyTable } from "./key-table";
import { SessionsPanel } from "./sessions-panel";
import { UsersPanel } from "./users-panel";

/** Who may use the server from elsewhere, and what with. */
export function KeysSection() {
  const said = texts.keys;
  const { data, error, isPending, refetch } = useKeys();
  const [isMade, setMade] = useState(false);
  const make = <Button kind="primary" size="small" onClick={() => setMade(true)}>{said.make}</Button>;
  return (
    <div className="grid gap-4">
      <Panel title={said.title} about={said.about} actions={make}>
        {isPending && <LoadingState lines={4} />}
        {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
        {data?.length === 0 && <EmptyState title={said.none}>{said.noneAbout}</EmptyState>}
        {data !== undefined && data.length > 0 && <KeyTable keys={data} />}
      </Panel>
      <SessionsPanel />
      <UsersPanel />
      {isMade && <KeyForm onClose={() => setMade(false)} />}
    </div>
  );
}
