import type { Egress } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes, formatDate } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useEgress } from "../queries/cloud";

/** Every call of a model on another machine. */
export function EgressLog() {
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useEgress();
  const said = texts.cloud;
  if (isPending) return <LoadingState lines={3} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const lines = data.pages.flatMap((page) => page.data);
  if (lines.length === 0) return <EmptyState title={said.noEgress} />;
  const heads = [said.when, said.model, said.where, said.sent, said.received, said.replaced, said.outcome];
  return (
    <div className="relative -mx-4 overflow-x-auto px-4">
      <table className="w-full min-w-[42rem] border-collapse text-sm tabular-nums">
        <thead>
          <tr className="text-left text-xs text-faint [&>th]:border-b [&>th]:border-line [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
            {heads.map((head) => <th key={head} scope="col">{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => <Row key={line.id} line={line} />)}
        </tbody>
      </table>
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
  return (
    <tr className="align-top [&>td]:border-b [&>td]:border-line [&>td]:py-2 [&>td]:pr-4">
      <td className="whitespace-nowrap text-soft">{formatDate(line.at)}</td>
      <td className="break-all">{line.model}</td>
      <td className="break-all text-soft">{line.host}</td>
      <td className="whitespace-nowrap">{formatBytes(line.sent_bytes)}</td>
      <td className="whitespace-nowrap">{formatBytes(line.received_bytes)}</td>
      <td className="text-soft">{replaced === "" ? said.nothing : replaced}</td>
      <td className={line.outcome === "failed" ? "text-danger" : "text-soft"}>{said.outcomes[line.outcome] ?? line.outcome}</td>
    </tr>
  );
}
