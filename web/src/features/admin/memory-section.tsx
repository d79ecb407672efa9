import { useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/admin";
import { formatCount } from "@/shared/lib/format";
import { Panel } from "@/shared/ui/panel";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { keys } from "./queries/keys";
import { SettingList } from "./setting-list";

/** What is remembered and learnt, and how much of it there is. */
export function MemorySection() {
  return (
    <div className="space-y-5">
      <Panel title={texts.sections.memory} about={texts.about.memory}>
        <SettingList shows={({ group }) => group === "memory"} />
      </Panel>
      <Panel title={texts.memory.counts}>
        <Counts />
      </Panel>
    </div>
  );
}

function Counts() {
  const said = texts.memory;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.memory,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/memory/stats", { signal })),
  });
  if (isPending) return <LoadingState lines={2} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const counts = [
    [said.memories, data.memories],
    [said.sessions, data.sessions],
    [said.sources, data.sources],
    [said.waiting, data.waiting],
    [said.apart, data.quarantined],
  ] as const;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 text-sm">
      {counts.map(([name, count]) => (
        <div key={name}>
          <dt className="text-xs text-faint">{name}</dt>
          <dd className="text-lg tabular-nums">{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
