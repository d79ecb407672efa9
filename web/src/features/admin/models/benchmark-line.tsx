import type { Benchmark } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatDuration, formatNumber } from "@/shared/lib/format";

/** What was measured, in one line. */
export function BenchmarkLine({ benchmark }: { benchmark: Benchmark }) {
  const said = texts.models;
  const rate = (value: number | null | undefined) => (value == null ? said.unknown : formatNumber(value));
  const load = benchmark.load_ms == null ? "" : said.loadedIn(formatDuration(benchmark.load_ms));
  return (
    <span role="status" className="mt-1 block text-xs text-accent">
      {said.measured(rate(benchmark.tokens_per_second), formatDuration(benchmark.first_token_ms))},{" "}
      {said.measuredMore(rate(benchmark.prompt_tokens_per_second), load)}
    </span>
  );
}
