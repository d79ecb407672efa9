import { Panel } from "@/shared/ui/panel";
import { SettingList } from "./setting-list";

interface GroupSectionProps {
  group: string;
  title: string;
  about: string;
  /** That says what each of them does. */
  brief?: boolean;
}

/** A section that consists of its settings. */
export function GroupSection({ group, title, about, brief = false }: GroupSectionProps) {
  return (
    <Panel title={title} about={about}>
      <SettingList brief={brief} shows={(setting) => setting.group === group} />
    </Panel>
  );
}
