import { type FormEvent, useState } from "react";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/admin";
import { formatDay } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { Panel } from "@/shared/ui/panel";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast } from "@/shared/ui/toasts";
import { useAddUser, useRemoveUser, useUsers } from "../queries/access";
import { ConfirmDialog } from "./confirm-dialog";

/** Who has conversations and memories of their own. */
export function UsersPanel() {
  const said = texts.users;
  const { data, error, isPending, refetch } = useUsers();
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <Panel title={said.title} about={said.about}>
      {isPending && <LoadingState lines={2} />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      <ul className="mb-4 divide-y divide-line text-sm">
        {data?.map((user) => (
          <li key={user.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 tabular-nums">
            <span className="font-medium">{user.name}</span>
            {user.owner && <Badge>{said.owner}</Badge>}
            <span className="text-xs text-faint">
              {said.keys(user.active_keys)}
              {user.created_at != null && ` · ${said.since(formatDay(user.created_at))}`}
            </span>
            {!user.owner && (
              <Button size="small" kind="quiet" className="ml-auto" aria-label={said.removeOf(user.name)} onClick={() => setAsked(user.name)}>
                {said.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <AddUser />
      {asked !== null && <RemoveUser name={asked} onClose={() => setAsked(null)} />}
    </Panel>
  );
}

/** Removes a user, after it was said what becomes of what the user had. */
function RemoveUser({ name, onClose }: { name: string; onClose: () => void }) {
  const said = texts.users;
  const remove = useRemoveUser();
  const [withData, setWithData] = useState(false);
  const confirm = () => {
    const order = { name, data: withData ? ("delete" as const) : ("keep" as const) };
    remove.mutate(order, { onSuccess: () => { toast(said.removed(name)); onClose(); } });
  };
  return (
    <ConfirmDialog
      title={said.removeOf(name)}
      open
      action={withData ? said.removeAll : said.remove}
      mutation={remove}
      onConfirm={confirm}
      onClose={onClose}
    >
      {withData ? said.removeAllAbout : said.removeAbout}
      <span className="mt-4 block">
        <Switch label={said.withData} checked={withData} onChange={setWithData} />
      </span>
    </ConfirmDialog>
  );
}

function AddUser() {
  const said = texts.users;
  const [name, setName] = useState("");
  const add = useAddUser();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(name.trim(), { onSuccess: () => setName("") });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <div className="w-60">
        <Field label={said.name} error={add.error === null ? undefined : asFailure(add.error).message}>
          {(attributes) => (
            <Input {...attributes} value={name} maxLength={32} autoCapitalize="none" onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      </div>
      <Button type="submit" disabled={name.trim() === "" || add.isPending}>{said.add}</Button>
    </form>
  );
}
