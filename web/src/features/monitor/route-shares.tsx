import type { Receipt } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCost, formatCount, formatShare } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import { Panel } from "@/shared/ui/panel";

const t = texts.routes;

/** Who answered how many of the requests that are shown, and what that cost. */
export function RouteShares({ receipts }: { receipts: readonly Receipt[] }) {
  const shares = sharesOf(receipts);
  return (
    <Panel title={t.shares} about={t.sharesAbout(formatCount(receipts.length))}>
      <ul className="grid gap-x-8 gap-y-2 sm:grid-cols-2">
        {shares.map(({ name, count, cost }) => {
          const share = count / receipts.length;
          return (
            <li key={name} className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-1 text-sm">
              <span className="truncate">{name}</span>
              <span className="text-soft tabular-nums">
                {formatShare(share)} · {formatCount(count)}{cost > 0 && ` · ${formatCost(cost)}`}
              </span>
              <div className="col-span-2"><Meter label={name} share={share} said={formatShare(share)} /></div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

interface Share {
  name: string;
  count: number;
  cost: number;
}

/** By who answered, the most often asked first. */
export function sharesOf(receipts: readonly Receipt[]): Share[] {
  const shares = new Map<string, Share>();
  for (const { answered_by, cost_usd } of receipts) {
    const name = answered_by || t.nobody;
    const share = shares.get(name) ?? { name, count: 0, cost: 0 };
    shares.set(name, { name, count: share.count + 1, cost: share.cost + cost_usd });
  }
  return [...shares.values()].toSorted((one, other) => other.count - one.count);
}
