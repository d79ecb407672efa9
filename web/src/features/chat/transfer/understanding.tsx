import { useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/chat";
import { formatCount } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";

/** How often it is looked how far it is, in milliseconds. */
const interval = 1_500;

/** How much of what was imported is found by its meaning already; the rest follows while other things go on. */
export function Understanding({ remembered }: { remembered: number }) {
  const { data } = useQuery({
    queryKey: ["memory-stats"],
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/memory/stats", { signal }))).waiting,
    refetchInterval: ({ state }) => (state.data === 0 || state.error !== null ? false : interval),
    gcTime: 0,
  });
  const t = texts.transfer;
  if (data === undefined) return null;
  const ready = Math.max(0, remembered - data);
  const said = data === 0 ? t.understood(formatCount(remembered)) : t.understanding(formatCount(ready), formatCount(remembered));
  return (
    <div role="status" className="grid gap-1.5">
      <p className="text-soft">{said}</p>
      {data > 0 && <Meter label={t.understandingLabel} share={ready / remembered} said={said} />}
    </div>
  );
}
