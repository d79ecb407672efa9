import { texts } from "@/shared/i18n/chat";
import { formatCount } from "@/shared/lib/format";
import type { ImportReport } from "../chat-api";
import { Understanding } from "./understanding";

type Entry = ImportReport["conversations"][number];

/** What came of an import: how many, and of each that was not taken whole, why. */
export function Report({ report }: { report: ImportReport }) {
  const remarkable = report.conversations.filter(({ status, left_out: left, error }) => status === "failed" || error != null || left.length > 0);
  const t = texts.transfer;
  const [program, ...others] = [...new Set(report.conversations.map((entry) => entry.program))];
  const source = others.length === 0 && program !== undefined ? t.sourceNames[program] : undefined;
  return (
    <div className="grid gap-3">
      <p role="status" className="text-base font-medium">
        {t.imported(report.imported, formatCount(report.imported), source)}
      </p>
      <p className="text-soft">
        {[
          report.existing > 0 ? t.existing(report.existing, formatCount(report.existing)) : null,
          report.failed > 0 ? t.failed(formatCount(report.failed)) : null,
        ]
          .filter((line) => line !== null)
          .join(" ")}
      </p>
      {report.remembered > 0 && <Understanding remembered={report.remembered} />}
      {report.error != null && <p className="text-danger">{report.error}</p>}
      {remarkable.length > 0 && (
        <ul className="max-h-64 divide-y divide-line overflow-y-auto rounded-lg border border-line">
          {remarkable.map((entry, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- some have no id, and they never move
            <Remark key={entry.id ?? index} entry={entry} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Remark({ entry }: { entry: Entry }) {
  const left = entry.left_out.length > 0 ? texts.transfer.leftOut(entry.left_out.join(", ")) : null;
  return (
    <li className="px-3 py-2">
      <p className="truncate font-medium">{entry.title || texts.history.untitled}</p>
      {entry.error != null && <p className="text-xs text-danger">{entry.error}</p>}
      {left !== null && <p className="text-xs text-warning">{left}</p>}
    </li>
  );
}
