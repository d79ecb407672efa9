import { type SyntheticEvent, useState } from "react";
import { texts } from "@/shared/i18n/admin";
import { formatBytes, formatCount } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toasts";
import { useRestore, useStaged, useTakeBack } from "../queries/backup";

/** Puts a copy in waiting, or takes it back. */
export function RestoreForm() {
  const said = texts.backup;
  const { data, error, isPending, refetch } = useStaged();
  const [restore, takeBack] = [useRestore(), useTakeBack()];
  const [file, setFile] = useState<File | null>(null);
  if (isPending) return <LoadingState lines={2} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.status === "staged") {
    const holds = said.holds(
      formatCount(data.conversations ?? 0),
      formatCount(data.memories ?? 0),
      formatBytes(data.size_bytes ?? 0),
    );
    return (
      <div className="grid justify-items-start gap-2 text-sm">
        <p role="status" className="font-medium text-accent">{said.staged}</p>
        <p className="text-soft">{holds}</p>
        {takeBack.error !== null && <ErrorState error={takeBack.error} />}
        <Button
          disabled={takeBack.isPending}
          onClick={() => takeBack.mutate(undefined, { onSuccess: () => toast(said.takenBack) })}
        >
          {said.takeBack}
        </Button>
      </div>
    );
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (file !== null) restore.mutate(file);
  };
  return (
    <form onSubmit={submit} className="grid max-w-[30rem] justify-items-start gap-3">
      <Field label={said.choose}>
        {(attributes) => (
          <Input
            type="file"
            accept=".db,.sqlite,.sqlite3"
            onChange={(event) => setFile(event.target.files?.item(0) ?? null)}
            {...attributes}
          />
        )}
      </Field>
      {restore.error !== null && <ErrorState error={restore.error} />}
      <Button type="submit" disabled={file === null || restore.isPending}>
        {restore.isPending ? said.sending : said.send}
      </Button>
    </form>
  );
}
