import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useCatalog, useModels } from "../queries/models";
import { SettingList } from "../setting-list";
import { MachineLine } from "./machine-line";
import { ModelTable } from "./model-table";
import { PullForm } from "./pull-form";
import { Pulls } from "./pulls";

/** Which models there are and could be, how they suit this machine, and who answers what first. */
export function ModelsSection() {
  const catalog = useCatalog();
  const models = useModels();
  const said = texts.models;
  const error = catalog.error ?? models.error;
  return (
    <div className="space-y-5">
      <Panel title={said.title} about={catalog.data && <MachineLine machine={catalog.data.machine} />}>
        {catalog.data && models.data && (
          <ModelTable catalog={catalog.data.data} models={models.data} machine={catalog.data.machine} />
        )}
        {error !== null && (
          <ErrorState error={error} onRetry={() => void Promise.all([catalog.refetch(), models.refetch()])} />
        )}
        {(catalog.isPending || models.isPending) && error === null && <LoadingState lines={6} />}
      </Panel>
      <Pulls />
      <Panel title={said.other} about={said.otherAbout}>
        <PullForm />
      </Panel>
      <Panel title={said.byRoute} about={said.byRouteAbout}>
        <SettingList brief shows={(setting) => setting.group === "models"} />
      </Panel>
    </div>
  );
}
