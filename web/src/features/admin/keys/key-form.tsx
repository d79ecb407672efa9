import { type FormEvent, useId, useState } from "react";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/admin";
import { parsePlain } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { FailureNote } from "@/shared/ui/failure-note";
import { Field, Input, Select } from "@/shared/ui/field";
import { useAddKey, useUsers } from "../queries/access";
import { ScopeChoice } from "./scope-choice";
import { Secret } from "./secret";

/** In days; 0: it does not expire. */
const lives = [0, 1, 7, 30, 90, 365] as const;
const dayS = 86_400;

/** A new key, and after that its secret, which is shown this once. */
export function KeyForm({ onClose }: { onClose: () => void }) {
  const said = texts.keys;
  const id = useId();
  const users = useUsers();
  const add = useAddKey();
  const [name, setName] = useState("");
  const [user, setUser] = useState("local");
  const [scopes, setScopes] = useState<readonly string[]>(["chat", "memory"]);
  const [days, setDays] = useState<number>(90);
  const [daily, setDaily] = useState("");
  const [perMinute, setPerMinute] = useState("");
  const dailyUsd = bound(daily);
  const minutes = bound(perMinute);
  const problem = {
    daily: dailyUsd !== null && !(dailyUsd >= 0) ? said.wrongDaily : undefined,
    perMinute: minutes !== null && !(Number.isInteger(minutes) && minutes >= 1) ? said.wrongPerMinute : undefined,
  };
  const sendable = name.trim() !== "" && problem.daily === undefined && problem.perMinute === undefined && !add.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!sendable) return;
    add.mutate({
      name: name.trim(),
      user,
      scopes: [...scopes],
      ...(days > 0 && { expires_in_s: days * dayS }),
      ...(dailyUsd !== null && { daily_usd: dailyUsd }),
      ...(minutes !== null && { per_minute: minutes }),
    });
  };
  if (add.data !== undefined) return <Secret secret={add.data.secret} name={add.data.key.name} onClose={onClose} />;
  return (
    <Dialog
      title={said.make}
      open
      onClose={onClose}
      footer={<Button form={id} type="submit" kind="primary" disabled={!sendable}>{said.make}</Button>}
    >
      <form id={id} onSubmit={submit} className="grid gap-4">
        <Field label={said.name} hint={said.nameHint}>
          {(attributes) => <Input {...attributes} value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <ScopeChoice chosen={scopes} onChange={setScopes} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={said.user} hint={said.userHint}>
            {(attributes) => (
              <Select {...attributes} value={user} onChange={(event) => setUser(event.target.value)}>
                {(users.data?.map((one) => one.name) ?? ["local"]).map((one) => <option key={one}>{one}</option>)}
              </Select>
            )}
          </Field>
          <Field label={said.expires}>
            {(attributes) => (
              <Select {...attributes} value={days} onChange={(event) => setDays(Number(event.target.value))}>
                {lives.map((life) => <option key={life} value={life}>{life === 0 ? said.neverExpires : said.inDays(life)}</option>)}
              </Select>
            )}
          </Field>
          <Field label={said.daily} hint={said.boundHint} error={problem.daily}>
            {(attributes) => <Input {...attributes} inputMode="decimal" value={daily} onChange={(event) => setDaily(event.target.value)} />}
          </Field>
          <Field label={said.most} hint={said.boundHint} error={problem.perMinute}>
            {(attributes) => <Input {...attributes} inputMode="numeric" value={perMinute} onChange={(event) => setPerMinute(event.target.value)} />}
          </Field>
        </div>
        {add.error !== null && <FailureNote failure={asFailure(add.error)} />}
      </form>
    </Dialog>
  );
}

/** What was written into a field that may be empty. */
function bound(written: string): number | null {
  return written.trim() === "" ? null : parsePlain(written);
}
