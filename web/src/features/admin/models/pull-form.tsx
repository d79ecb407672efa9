import { type SyntheticEvent, useState } from "react";
import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Input } from "@/shared/ui/field";
import { usePull } from "../queries/pulls";

/** Pulls a model that the catalog does not have. */
export function PullForm() {
  const said = texts.models;
  const [written, setWritten] = useState("");
  const pull = usePull();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const model = written.trim();
    if (model !== "") pull.mutate(model, { onSuccess: () => setWritten("") });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap gap-2 pb-3 sm:flex-nowrap">
      <Input
        aria-label={said.otherLabel}
        placeholder={said.otherLabel}
        spellCheck={false}
        value={written}
        onChange={(event) => setWritten(event.target.value)}
      />
      <Button type="submit" disabled={written.trim() === "" || pull.isPending}>{said.pull}</Button>
    </form>
  );
}
