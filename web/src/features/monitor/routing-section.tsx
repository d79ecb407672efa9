import { useMemo, useState } from "react";
import type { Receipt } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCount } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useFeed } from "./feed";
import { type RouteFilter, useRoutes } from "./queries";
import { ReceiptView } from "./receipt-view";
import { RouteFilters } from "./route-filters";
import { RouteShares } from "./route-shares";
import { RouteTable } from "./route-table";

const t = texts.routes;
const nothing: RouteFilter = { skill: "", answered_by: "", outcome: "", escalated: "" };

/** Why each request was answered by whom. */
export function RoutingSection() {
  const [filter, setFilter] = useState(nothing);
  const [open, setOpen] = useState<string | null>(null);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRoutes(filter);
  const live = useFeed((feed) => feed.receipts);
  const receipts = useMemo(() => together(live.filter((one) => fits(one, filter)), data?.pages.flatMap((page) => page.data)), [live, filter, data]);
  return (
    <div className="grid gap-3">
      {receipts !== undefined && receipts.length > 0 && <RouteShares receipts={receipts} />}
      <Panel title={t.title} about={t.about}>
        <RouteFilters filter={filter} onChange={setFilter} />
        {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
        {error === null && receipts === undefined && <LoadingState lines={6} />}
        {receipts?.length === 0 && <EmptyState title={t.empty}>{t.emptyHint}</EmptyState>}
        {receipts !== undefined && receipts.length > 0 && <RouteTable receipts={receipts} onOpen={setOpen} />}
        {hasNextPage && (
          <div className="mt-3 flex items-center justify-center gap-3">
            <Button onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>{t.more}</Button>
            <span className="text-xs text-faint">{formatCount(receipts?.length ?? 0)}</span>
          </div>
        )}
      </Panel>
      <Dialog title={texts.receipt.title} place="right" open={open !== null} onClose={() => setOpen(null)}>
        {open !== null && <ReceiptView key={open} id={open} />}
      </Dialog>
    </div>
  );
}

/** Those of the socket before those of the list, each once. */
function together(live: readonly Receipt[], listed: readonly Receipt[] | undefined): Receipt[] | undefined {
  if (listed === undefined) return undefined;
  const known = new Set(listed.map(({ request_id }) => request_id));
  return [...live.filter(({ request_id }) => !known.has(request_id)), ...listed];
}

function fits(receipt: Receipt, filter: RouteFilter): boolean {
  const asked = receipt.steps.filter(({ outcome }) => outcome !== "declined").length;
  return (
    (filter.skill === "" || receipt.skill_type === filter.skill) &&
    (filter.answered_by === "" || receipt.answered_by === filter.answered_by) &&
    (filter.outcome === "" || receipt.outcome === filter.outcome) &&
    (filter.escalated === "" || asked > 1 === (filter.escalated === "true"))
  );
}
