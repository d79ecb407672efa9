import type { EgressTotal } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes, formatCount, formatDate } from "@/shared/lib/format";
import { DataCell, DataTable } from "../data-table";

/** What went to each host, and what for. */
export function EgressTotals({ totals }: { totals: EgressTotal[] }) {
  const said = texts.cloud;
  const heads = [said.where, said.purpose, said.lines, said.sent, said.received, said.last];
  return (
    <DataTable label={said.totals} heads={heads}>
      {totals.map((total) => (
        <tr key={`${total.host} ${total.purpose}`}>
          <DataCell long className="max-md:font-medium">{total.host}</DataCell>
          <DataCell head={said.purpose} className="text-soft">{said.purposes[total.purpose] ?? total.purpose}</DataCell>
          <DataCell head={said.lines} className="whitespace-nowrap">
            {formatCount(total.lines)}
            {total.refused > 0 && <span className="text-danger"> {said.refusedOf(formatCount(total.refused))}</span>}
          </DataCell>
          <DataCell head={said.sent} className="whitespace-nowrap">{formatBytes(total.carried.sent_bytes)}</DataCell>
          <DataCell head={said.received} className="whitespace-nowrap">{formatBytes(total.carried.received_bytes)}</DataCell>
          <DataCell head={said.last} className="whitespace-nowrap text-soft">{formatDate(total.last_at)}</DataCell>
        </tr>
      ))}
    </DataTable>
  );
}
