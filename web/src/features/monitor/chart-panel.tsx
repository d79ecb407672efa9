import { useMemo, useState } from "react";
import { texts } from "@/shared/i18n/monitor";
import { formatTime } from "@/shared/lib/format";
import { useTheme } from "@/shared/lib/theme";
import { Panel } from "@/shared/ui/panel";
import { LoadingState } from "@/shared/ui/states";
import { Chart } from "./chart";
import { type Columns, lastOf } from "./columns";
import { lineStyles } from "./line-styles";
import { type Unit, formatValue } from "./values";

interface ChartPanelProps {
  title: string;
  about?: string | undefined;
  unit: Unit;
  /** Series, one for each line. */
  names: readonly string[];
  columns: Columns | undefined;
  /** Whether its end is not of now. */
  stale: boolean;
}

/** A chart with what its lines are and how they stand, at the cursor or now. */
export function ChartPanel({ title, about, unit, names, columns, stale }: ChartPanelProps) {
  // A canvas keeps the colours that it was drawn with.
  const theme = useTheme((choice) => choice.theme);
  const [cursor, setCursor] = useState<number | null>(null);
  const empty = useMemo(() => columns?.lines.every((line) => line.every((value) => value === null)) ?? false, [columns]);
  const end = stale ? columns?.times.at(-1) : undefined;
  const at = cursor === null ? end : columns?.times[cursor];
  const said = names.map((name, index) => {
    const line = columns?.lines[index];
    const value = cursor === null ? lastOf(line) : (line?.[cursor] ?? null);
    return { name, label: texts.charts.lines[name] ?? name, value: formatValue(value, unit), style: lineStyles[index] };
  });
  const label = `${title}: ${said.map(({ label: line, value }) => `${line} ${value}`).join(", ")}`;
  return (
    <Panel
      title={title}
      about={about}
      actions={<span className="text-xs text-faint tabular-nums">{at === undefined ? texts.charts.now : formatTime(at)}</span>}
    >
      <dl className="mb-2 flex min-h-5 flex-wrap gap-x-4 gap-y-1 text-xs tabular-nums">
        {said.map(({ name, label: line, value, style }) => (
          <div key={name} className="flex items-center gap-1.5">
            <LineSample token={style?.text ?? ""} dash={style?.dash} />
            <dt className="text-soft">{line}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      {columns === undefined && <div className="h-[150px]"><LoadingState label={texts.charts.loading} /></div>}
      {columns !== undefined && empty && (
        <p className="grid h-[150px] place-items-center text-sm text-faint">{texts.charts.empty}</p>
      )}
      {columns !== undefined && !empty && <Chart key={theme} label={label} columns={columns} unit={unit} onCursor={setCursor} />}
    </Panel>
  );
}

function LineSample({ token, dash }: { token: string; dash: readonly number[] | undefined }) {
  return (
    <svg viewBox="0 0 18 4" className={`h-1 w-4.5 ${token}`} aria-hidden="true">
      <line x1="0" y1="2" x2="18" y2="2" stroke="currentColor" strokeWidth="2" strokeDasharray={dash?.join(" ")} />
    </svg>
  );
}
