import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Panel } from "@/shared/ui/panel";
import { ErrorState } from "@/shared/ui/states";
import { useBackup } from "../queries/backup";
import { RestoreForm } from "./restore-form";

/** A copy of everything that is kept, and back. */
export function BackupSection() {
  const said = texts.backup;
  const backup = useBackup();
  return (
    <div className="space-y-5">
      <Panel title={said.make} about={said.makeAbout}>
        {backup.error !== null && <ErrorState error={backup.error} />}
        <Button kind="primary" className="mt-1" disabled={backup.isPending} onClick={() => backup.mutate()}>
          {backup.isPending ? said.downloading : said.download}
        </Button>
      </Panel>
      <Panel title={said.restore} about={said.restoreAbout}>
        <RestoreForm />
      </Panel>
    </div>
  );
}
