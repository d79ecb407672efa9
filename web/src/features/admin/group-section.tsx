import { Panel } from "@/shared/ui/panel";
import { SettingList } from "./setting-list";

/** A section that consists of its settings. */
export function GroupSection({ group, title, about }: { group: string; title: string; about: string }) {
  return (
    <Panel title={title} about={about}>
      <SettingList shows={(setting) => setting.group === group} />
    </Panel>
  );
}
