import type { Setting } from "@/shared/api/types";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useSettings } from "./queries/settings";
import { SettingRow } from "./setting-row";

interface SettingListProps {
  /** Which ones. */
  shows: (setting: Setting) => boolean;
  /** What they do is said above them. */
  brief?: boolean;
}

export function SettingList({ shows, brief = false }: SettingListProps) {
  const { data, error, isPending, refetch } = useSettings();
  if (isPending) return <LoadingState lines={6} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <ul>
      {data.data.filter(shows).map((setting) => <SettingRow key={setting.key} setting={setting} brief={brief} />)}
    </ul>
  );
}
