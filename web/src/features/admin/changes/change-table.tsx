import type { AuditEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatDate } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { DataCell, DataTable } from "../data-table";
import { titleOf } from "../setting-texts";

interface ChangeTableProps {
  entries: AuditEntry[];
  onUndo: (entry: AuditEntry) => void;
}

export function ChangeTable({ entries, onUndo }: ChangeTableProps) {
  const said = texts.changes;
  return (
    <DataTable label={said.title} heads={[said.when, said.what, said.before, said.after, said.who]} action={said.undo}>
      {entries.map((entry) => {
        const name = titleOf(entry.setting);
        return (
          <tr key={entry.id}>
            <DataCell className="whitespace-nowrap text-soft">{formatDate(entry.at)}</DataCell>
            <DataCell long>
              <span className="block font-medium">{name}</span>
              {name !== entry.setting && <code className="text-xs text-faint">{entry.setting}</code>}
            </DataCell>
            <DataCell long head={said.before} className="text-soft">{value(entry, entry.before)}</DataCell>
            <DataCell long head={said.after}>{value(entry, entry.after)}</DataCell>
            <DataCell head={said.who} className="whitespace-nowrap text-faint">{entry.by}</DataCell>
            <DataCell className="whitespace-nowrap md:w-px">
              {entry.undoable && (
                <Button size="small" kind="quiet" aria-label={said.undoOf(name)} onClick={() => onUndo(entry)}>{said.undo}</Button>
              )}
            </DataCell>
          </tr>
        );
      })}
    </DataTable>
  );
}

/** Values stand in the audit as they are kept; an empty one of a setting means what is configured. */
function value(entry: AuditEntry, text: string): string {
  if (text !== "") return texts.settings.choices[text] ?? text;
  return entry.undoable ? texts.settings.asConfigured : "";
}
