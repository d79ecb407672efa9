import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { formatCount } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Input } from "@/shared/ui/field";
import { Panel } from "@/shared/ui/panel";
import { ErrorState } from "@/shared/ui/states";
import { milliseconds } from "./answer-panel";
import { type Run, type Spread, histogram, spreadOf } from "./runs";
import type { useRuns } from "./use-runs";

interface RunsPanelProps {
  series: ReturnType<typeof useRuns>;
  disabled: boolean;
  onRun: (count: number) => void;
  onStop: () => void;
}

const most = 1000;

/** The same request several times over, and how the times spread. */
export function RunsPanel({ series: { runs, wanted, running, failure }, disabled, onRun, onStop }: RunsPanelProps) {
  const [count, setCount] = useState("20");
  const number = Math.min(most, Math.max(1, Math.round(Number(count)) || 1));
  return (
    <Panel
      title={texts.runs.title}
      about={texts.runs.about}
      actions={
        <>
          {running && <span role="status" className="text-xs text-faint tabular-nums">{texts.runs.progress(runs.length, wanted)}</span>}
          <Input
            aria-label={texts.runs.count}
            inputMode="numeric"
            value={count}
            onChange={(event) => setCount(event.target.value)}
            onBlur={() => setCount(String(number))}
            className="w-16! py-1! text-right text-xs! tabular-nums"
          />
          {running ? (
            <Button size="small" onClick={onStop}>{texts.runs.stop}</Button>
          ) : (
            <Button size="small" disabled={disabled} onClick={() => onRun(number)}>{texts.runs.run}</Button>
          )}
        </>
      }
    >
      {failure && <ErrorState error={failure} />}
      {runs.length > 0 && <Times runs={runs} />}
    </Panel>
  );
}

function Times({ runs }: { runs: readonly Run[] }) {
  const totals = runs.map(({ totalMs }) => totalMs);
  const rows: [string, Spread | null][] = [
    [texts.runs.firstByte, spreadOf(runs.map(({ firstByteMs }) => firstByteMs))],
    [texts.runs.total, spreadOf(totals)],
  ];
  const statuses = [...new Set(runs.map(({ status }) => status))].map(
    (status) => `${status} × ${formatCount(runs.filter((run) => run.status === status).length)}`,
  );
  const columns: (keyof Spread)[] = ["p50", "p95", "p99", "least", "most"];
  const names = { p50: "p50", p95: "p95", p99: "p99", least: texts.runs.least, most: texts.runs.most };
  return (
    <div className="grid gap-3 overflow-x-auto">
      <table className="w-full text-right text-xs tabular-nums">
        <thead className="text-faint">
          <tr>
            <th scope="col" className="pb-1 text-left font-medium">{texts.runs.measure}</th>
            {columns.map((column) => <th key={column} scope="col" className="pb-1 pl-3 font-medium">{names[column]}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, spread]) => (
            <tr key={name} className="border-t border-line">
              <th scope="row" className="py-1 text-left font-medium">{name}</th>
              {columns.map((column) => <td key={column} className="py-1 pl-3 whitespace-nowrap">{spread && milliseconds(spread[column])}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      <Histogram values={totals} />
      <p className="text-xs text-faint">{texts.runs.answers(statuses.join(", "))}</p>
    </div>
  );
}

function Histogram({ values }: { values: readonly number[] }) {
  const spread = spreadOf(values);
  if (spread === null) return null;
  const counts = histogram(values, 24);
  const highest = Math.max(...counts);
  const ends = [milliseconds(spread.least), milliseconds(spread.most)] as const;
  return (
    <figure className="grid gap-1">
      <svg viewBox="0 0 240 40" preserveAspectRatio="none" className="h-12 w-full fill-accent" role="img" aria-label={texts.runs.histogram(...ends)}>
        {counts.map((count, bin) => {
          const height = (count / highest) * 40;
          // oxlint-disable-next-line react/no-array-index-key -- a bin is its place
          return <rect key={bin} x={bin * 10 + 0.5} y={40 - height} width={9} height={height} />;
        })}
      </svg>
      <figcaption className="flex justify-between border-t border-line pt-1 text-xs text-faint tabular-nums" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </figcaption>
    </figure>
  );
}
