import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { useSettings } from "./queries/settings";
import { SettingRow } from "./setting-row";
import { matches } from "./setting-texts";

/** The settings of all sections that are meant by what somebody looks for. */
export function SettingSearch({ wanted }: { wanted: string }) {
  const { data, error, isPending, refetch } = useSettings();
  const said = texts.settings;
  if (isPending) return <LoadingState lines={6} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const found = data.data.filter((setting) => matches(setting, wanted));
  if (found.length === 0) return <EmptyState title={said.none}>{said.noneHint}</EmptyState>;
  return (
    <Panel title={said.found(found.length)}>
      <ul>
        {found.map((setting) => <SettingRow key={setting.key} setting={setting} />)}
      </ul>
    </Panel>
  );
}
