import { type SyntheticEvent, useState } from "react";
import { asFailure } from "@/shared/api/failure";
import type { Provider } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { useSetKey } from "../queries/cloud";

/** A provider's key, which can be written and is never shown. */
export function ProviderKey({ provider }: { provider: Provider }) {
  const said = texts.cloud;
  const [written, setWritten] = useState("");
  const set = useSetKey(provider.name);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    set.mutate(written.trim(), { onSuccess: () => setWritten("") });
  };
  const error = set.error === null ? undefined : asFailure(set.error).message;
  return (
    <form onSubmit={submit} className="grid gap-2">
      <Field label={said.key(provider.name)} hint={said.keyHint} error={error}>
        {(attributes) => (
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={written}
            onChange={(event) => setWritten(event.target.value)}
            {...attributes}
          />
        )}
      </Field>
      <div>
        <Button type="submit" size="small" disabled={set.isPending || (written.trim() === "" && !provider.has_key)}>
          {written.trim() === "" && provider.has_key ? said.removeKey : said.saveKey}
        </Button>
      </div>
    </form>
  );
}
