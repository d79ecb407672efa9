import { useMemo } from "react";
import { texts } from "@/shared/i18n/monitor";
import { ErrorState } from "@/shared/ui/states";
import { ChartPanel } from "./chart-panel";
import { eachOf, liveColumns, pastColumns } from "./columns";
import { useFeed } from "./feed";
import { useHistory } from "./queries";
import { type Range, isLive, ranges } from "./range";
import type { Unit } from "./values";

export interface ChartSpec {
  id: string;
  title: string;
  about?: string;
  unit: Unit;
  /** The series of its lines. */
  names: readonly string[];
  /** Where its one line is a series for each unit of another: their names. */
  each?: readonly [string, string];
}

const t = texts.charts;

/** What the live part shows, in reading order. */
export const liveCharts: readonly ChartSpec[] = [
  { id: "throughput", title: t.throughput, about: t.throughputAbout, unit: "rate", names: ["tokens_per_s", "prompt_tokens_per_s"] },
  { id: "first", title: t.firstToken, about: t.latencyAbout, unit: "ms", names: ["first_token_p50_ms", "first_token_p95_ms", "first_token_p99_ms"] },
  { id: "turn", title: t.turn, about: t.latencyAbout, unit: "ms", names: ["turn_p50_ms", "turn_p95_ms", "turn_p99_ms"] },
  { id: "load", title: t.load, about: t.loadAbout, unit: "count", names: ["turns_active", "queued", "slots_active"] },
  { id: "requests", title: t.requests, about: t.requestsAbout, unit: "rate", names: ["requests_per_s", "turns_per_s"] },
  { id: "errors", title: t.errors, about: t.latencyAbout, unit: "share", names: ["error_rate"] },
  { id: "cpu", title: t.processors, unit: "share", names: ["cpu", "gpu_busy"] },
  { id: "memory", title: t.memory, unit: "bytes", names: ["memory_used_bytes", "models_memory_bytes", "process_memory_bytes"] },
  { id: "kv", title: t.kv, about: t.kvAbout, unit: "count", names: ["kv_used_tokens", "kv_capacity_tokens"] },
];

/** Charts over one range: what the server kept, and the live tail where each second is shown. */
export function Charts({ charts, range, stale }: { charts: readonly ChartSpec[]; range: Range; stale: boolean }) {
  const names = useMemo(() => charts.flatMap((chart) => chart.each ?? chart.names), [charts]);
  const { data: history, error, refetch } = useHistory(range, names);
  const tail = useFeed((feed) => feed.tail);
  const end = tail.at(-1)?.at ?? (history === undefined ? null : history.start + history.points - 1);
  if (error !== null && history === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const columns = charts.length > 2 ? "grid-cols-[repeat(auto-fill,minmax(min(100%,18.5rem),1fr))]" : "md:grid-cols-2";
  return (
    <div className={`grid gap-3 ${columns} transition-opacity ${stale ? "opacity-50" : ""}`}>
      {charts.map((chart) => (
        <OneChart key={chart.id} chart={chart} range={range} history={history} tail={tail} end={end} stale={stale} />
      ))}
    </div>
  );
}

interface OneChartProps {
  chart: ChartSpec;
  range: Range;
  history: ReturnType<typeof useHistory>["data"];
  tail: ReturnType<typeof useFeed.getState>["tail"];
  end: number | null;
  stale: boolean;
}

function OneChart({ chart, range, history, tail, end, stale }: OneChartProps) {
  const columns = useMemo(() => {
    if (history === undefined) return undefined;
    const names = chart.each ?? chart.names;
    const live = isLive(range) && end !== null;
    const shown = live ? liveColumns(history, tail, names, ranges[range], end) : pastColumns(history, names);
    return chart.each === undefined ? shown : eachOf(shown);
  }, [chart, range, history, tail, end]);
  const { title, about, unit, names } = chart;
  return <ChartPanel title={title} about={about} unit={unit} names={names} columns={columns} stale={stale} />;
}
