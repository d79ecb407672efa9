import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useCatalog, useModels } from "../queries/models";
import { SettingList } from "../setting-list";
import { MachineLine } from "./machine-line";
import { ModelTable } from "./model-table";
import { PullForm } from "./pull-form";
import { Pulls } from "./pulls";

const byDefault = "models.default";

/** Which models there are and could be, how they suit this machine, and who is asked first. */
export function ModelsSection() {
  const catalog = useCatalog();
  const models = useModels();
  const said = texts.models;
  const error = catalog.error ?? models.error;
  if (error !== null) {
    return <ErrorState error={error} onRetry={() => void Promise.all([catalog.refetch(), models.refetch()])} />;
  }
  if (catalog.data === undefined || models.data === undefined) return <LoadingState lines={6} />;
  const { data: entries, machine } = catalog.data;
  // What the server calls `council/…` stands for one of the others.
  const known = models.data.filter((model) => !model.id.startsWith("council/"));
  const installed = [
    ...known.filter((model) => entries.every((entry) => entry.id !== model.id)).map((model) => ({ id: model.id, model })),
    ...entries
      .filter((entry) => entry.installed)
      .map((entry) => ({ id: entry.id, entry, model: known.find((model) => model.id === entry.id) })),
  ];
  const others = entries.filter((entry) => !entry.installed).map((entry) => ({ id: entry.id, entry }));
  return (
    <div className="space-y-5">
      <Pulls />
      <Panel title={said.title} about={<MachineLine machine={machine} />}>
        {installed.length === 0 ? (
          <EmptyState title={said.none}>{said.noneHint}</EmptyState>
        ) : (
          <ModelTable rows={installed} machine={machine} />
        )}
      </Panel>
      <Panel title={said.byRoute} about={said.byRouteAbout}>
        <SettingList shows={({ key }) => key === byDefault} />
        <SettingList brief shows={({ group, key }) => group === "models" && key !== byDefault} />
      </Panel>
      <Panel title={said.more} about={said.moreAbout}>
        <PullForm />
        {others.length > 0 && <ModelTable rows={others} machine={machine} />}
      </Panel>
    </div>
  );
}
