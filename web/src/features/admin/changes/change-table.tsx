import type { AuditEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatDate } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { titleOf } from "../setting-texts";

interface ChangeTableProps {
  entries: AuditEntry[];
  onUndo: (entry: AuditEntry) => void;
}

export function ChangeTable({ entries, onUndo }: ChangeTableProps) {
  const said = texts.changes;
  return (
    <div className="relative -mx-4 overflow-x-auto px-4">
      <table className="w-full min-w-[40rem] border-collapse text-sm tabular-nums">
        <thead>
          <tr className="text-left text-xs text-faint [&>th]:border-b [&>th]:border-line [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
            <th scope="col">{said.when}</th>
            <th scope="col">{said.what}</th>
            <th scope="col">{said.before}</th>
            <th scope="col">{said.after}</th>
            <th scope="col">{said.who}</th>
            <th scope="col"><span className="sr-only">{said.undo}</span></th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id} className="align-top [&>td]:border-b [&>td]:border-line [&>td]:py-2 [&>td]:pr-4">
              <td className="whitespace-nowrap text-soft">{formatDate(entry.at)}</td>
              <td>
                <span className="block font-medium">{titleOf(entry.setting)}</span>
                {titleOf(entry.setting) !== entry.setting && <code className="text-xs text-faint">{entry.setting}</code>}
              </td>
              <td className="break-words text-soft">{value(entry, entry.before)}</td>
              <td className="break-words">{value(entry, entry.after)}</td>
              <td className="whitespace-nowrap text-faint">{entry.by}</td>
              <td className="w-px">
                {entry.undoable && (
                  <Button
                    size="small"
                    kind="quiet"
                    aria-label={said.undoOf(titleOf(entry.setting))}
                    onClick={() => onUndo(entry)}
                  >
                    {said.undo}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Values stand in the audit as they are kept; an empty one of a setting means what is configured. */
function value(entry: AuditEntry, text: string): string {
  if (text !== "") return texts.settings.choices[text] ?? text;
  return entry.undoable ? texts.settings.asConfigured : "";
}
