import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { SettingList } from "./setting-list";

const isThreshold = (key: string) => key.startsWith("routing.accept.");
const isSkill = (key: string) => key.endsWith("_skill");

/** Who answers, and when somebody else is asked. */
export function RoutingSection() {
  const said = texts.routing;
  return (
    <div className="space-y-5">
      <Panel title={said.accept} about={said.acceptAbout}>
        <SettingList brief shows={({ key }) => isThreshold(key)} />
      </Panel>
      <Panel title={said.skills} about={said.skillsAbout}>
        <SettingList shows={({ group, key }) => group === "routing" && isSkill(key)} />
      </Panel>
      <Panel title={said.others} about={said.othersAbout}>
        <SettingList shows={({ group, key }) => group === "routing" && !isThreshold(key) && !isSkill(key)} />
      </Panel>
    </div>
  );
}
