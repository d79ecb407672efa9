import { useState } from "react";
import type { Egress } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes, formatDate } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/field";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useEgress, useEgressTotals } from "../queries/cloud";
import { DataCell, DataTable } from "../data-table";
import { EgressTotals } from "./egress-totals";

/** Everything that left this machine, or tried to: by host, and line by line. */
export function EgressLog() {
  const totals = useEgressTotals();
  const [purpose, setPurpose] = useState("");
  const said = texts.cloud;
  if (totals.isPending) return <LoadingState lines={3} />;
  if (totals.data === undefined) return <ErrorState error={totals.error} onRetry={() => void totals.refetch()} />;
  if (totals.data.length === 0) return <EmptyState title={said.noEgress} />;
  const purposes = [...new Set(totals.data.map((total) => total.purpose))].filter((name) => name !== "").toSorted();
  return (
    <div className="grid gap-5">
      <EgressTotals totals={totals.data} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="text-sm font-medium">{said.eachLine}</h3>
        <Select aria-label={said.purpose} className="max-w-60" value={purpose} onChange={(event) => setPurpose(event.target.value)}>
          <option value="">{said.everyPurpose}</option>
          {purposes.map((name) => <option key={name} value={name}>{said.purposes[name] ?? name}</option>)}
        </Select>
      </div>
      <Lines purpose={purpose} />
    </div>
  );
}

function Lines({ purpose }: { purpose: string }) {
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useEgress(purpose);
  const said = texts.cloud;
  if (isPending) return <LoadingState lines={3} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const heads = [said.when, said.where, said.purpose, said.model, said.sent, said.received, said.replaced, said.outcome];
  return (
    <div>
      <DataTable label={said.egress} heads={heads}>
        {data.pages.flatMap((page) => page.data).map((line) => <Row key={line.id} line={line} />)}
      </DataTable>
      {hasNextPage && (
        <Button size="small" className="mt-3" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {said.more}
        </Button>
      )}
    </div>
  );
}

function Row({ line }: { line: Egress }) {
  const said = texts.cloud;
  const replaced = line.redacted.map(({ kind, count }) => `${count} × ${kind}`).join(", ");
  const failed = line.outcome === "failed" || line.outcome === "refused";
  // Lines of before requests were counted have the text alone.
  const counted = line.carried.requests > 0;
  return (
    <tr>
      <DataCell className="whitespace-nowrap text-soft">{formatDate(line.at)}</DataCell>
      <DataCell long head={said.where}>{line.host}</DataCell>
      <DataCell head={said.purpose} className="text-soft">{said.purposes[line.purpose] ?? line.purpose}</DataCell>
      <DataCell long head={said.model}>{line.model}</DataCell>
      <DataCell head={said.sent} className="whitespace-nowrap">{formatBytes(counted ? line.carried.sent_bytes : line.sent_bytes)}</DataCell>
      <DataCell head={said.received} className="whitespace-nowrap">
        {formatBytes(counted ? line.carried.received_bytes : line.received_bytes)}
      </DataCell>
      <DataCell head={said.replaced} className="text-soft">{replaced === "" ? said.nothing : replaced}</DataCell>
      <DataCell head={said.outcome} className={failed ? "text-danger" : "text-soft"}>
        {said.outcomes[line.outcome] ?? line.outcome}
        {line.reason !== "" && <span className="block text-xs text-soft">{said.reasons[line.reason] ?? line.reason}</span>}
      </DataCell>
    </tr>
  );
}
