import { useState } from "react";
import { texts } from "@/shared/i18n/admin";
import { formatCost, formatCount, formatDate } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { toast } from "@/shared/ui/toasts";
import { DataCell, DataTable } from "../data-table";
import { type Key, useRevokeKey } from "../queries/access";
import { ConfirmDialog } from "./confirm-dialog";

/** The keys, those that are taken first, each with what it may do and when it was last used. */
export function KeyTable({ keys }: { keys: readonly Key[] }) {
  const said = texts.keys;
  const [asked, setAsked] = useState<Key | null>(null);
  const revoke = useRevokeKey();
  const sorted = keys.toSorted((a, b) => Number(b.state === "active") - Number(a.state === "active"));
  return (
    <>
      <DataTable
        label={said.title}
        heads={[said.name, said.user, said.scopes, said.lastUsed, said.expires, said.bounds]}
        action={said.revoke}
      >
        {sorted.map((key) => <Row key={key.id} one={key} onRevoke={() => setAsked(key)} />)}
      </DataTable>
      <ConfirmDialog
        title={said.revokeTitle(asked?.name ?? "")}
        open={asked !== null}
        action={said.revoke}
        mutation={revoke}
        onConfirm={() => asked && revoke.mutate(asked.id, { onSuccess: () => { toast(said.revokedNow(asked.name)); setAsked(null); } })}
        onClose={() => setAsked(null)}
      >
        {said.revokeAbout}
      </ConfirmDialog>
    </>
  );
}

function Row({ one, onRevoke }: { one: Key; onRevoke: () => void }) {
  const said = texts.keys;
  const isActive = one.state === "active";
  const bounds = [
    one.daily_usd == null ? null : said.perDay(formatCost(one.daily_usd)),
    one.per_minute == null ? null : said.perMinute(formatCount(one.per_minute)),
  ].filter((bound) => bound !== null);
  return (
    <tr className={isActive ? "" : "text-faint"}>
      <DataCell long className="md:min-w-40">
        <span className="flex flex-wrap items-center gap-2 font-medium">
          {one.name}
          {!isActive && <Badge tone={one.state === "revoked" ? "danger" : "warning"}>{said.states[one.state] ?? one.state}</Badge>}
        </span>
        <code className="text-xs text-faint">cnc_{one.id}</code>
      </DataCell>
      <DataCell long head={said.user}>{one.user}</DataCell>
      <DataCell head={said.scopes}>
        <span className="flex flex-wrap gap-1">
          {one.scopes.length === 0 ? said.noScopes : one.scopes.map((scope) => <Badge key={scope}>{said.scopeNames[scope] ?? scope}</Badge>)}
        </span>
      </DataCell>
      <DataCell head={said.lastUsed} className="whitespace-nowrap text-soft">
        {one.last_used_at == null ? said.never : formatDate(one.last_used_at)}
      </DataCell>
      <DataCell head={said.expires} className="whitespace-nowrap text-soft">
        {one.expires_at == null ? said.neverExpires : formatDate(one.expires_at)}
      </DataCell>
      <DataCell head={said.bounds} className="text-soft">
        {bounds.length === 0 ? said.usualBounds : bounds.map((bound) => <span key={bound} className="block">{bound}</span>)}
      </DataCell>
      <DataCell className="whitespace-nowrap md:w-px">
        {isActive && (
          <Button size="small" kind="quiet" aria-label={said.revokeOf(one.name)} onClick={onRevoke}>{said.revoke}</Button>
        )}
      </DataCell>
    </tr>
  );
}
