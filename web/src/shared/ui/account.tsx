import { useState } from "react";
import { asFailure } from "@/shared/api/failure";
import { type Who, useKnownSession, useSignOut } from "@/shared/api/session";
import { texts } from "@/shared/i18n/shared";
import { formatDate } from "@/shared/lib/format";
import { Badge } from "./badge";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { FailureNote } from "./failure-note";
import { IconButton } from "./icon-button";
import { PersonIcon } from "./icons";

/** Who is signed in, and a way out. Nothing on the server's own machine, where nobody needs to sign in. */
export function Account() {
  const data = useKnownSession();
  const [open, setOpen] = useState(false);
  if (data === undefined || (data.by !== "session" && data.by !== "key")) return null;
  return (
    <>
      <IconButton label={texts.account.open(data.user ?? "")} onClick={() => setOpen(true)}>
        <PersonIcon />
      </IconButton>
      <Dialog title={texts.account.title} open={open} onClose={() => setOpen(false)}>
        <Details who={data} />
      </Dialog>
    </>
  );
}

function Details({ who }: { who: Who }) {
  const leave = useSignOut();
  const t = texts.account;
  return (
    <div className="grid gap-4 text-sm">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 [&>dt]:text-faint">
        <dt>{t.user}</dt>
        <dd>{who.user}</dd>
        {who.key && <dt>{t.key}</dt>}
        {who.key && <dd className="min-w-0 break-words">{who.key.name}</dd>}
        <dt>{t.scopes}</dt>
        <dd className="flex flex-wrap gap-1">
          {who.scopes.length === 0 ? t.noScopes : who.scopes.map((scope) => <Badge key={scope}>{scope}</Badge>)}
        </dd>
        {who.expires_at != null && <dt>{t.ends}</dt>}
        {who.expires_at != null && <dd>{formatDate(who.expires_at)}</dd>}
      </dl>
      {leave.error !== null && <FailureNote failure={asFailure(leave.error)} />}
      {who.by === "session" && (
        <div>
          <Button disabled={leave.isPending} onClick={() => leave.mutate()}>{t.leave}</Button>
        </div>
      )}
    </div>
  );
}
