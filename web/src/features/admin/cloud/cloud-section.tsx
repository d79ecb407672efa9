import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { SettingList } from "../setting-list";
import { BudgetBars } from "./budget-bars";
import { EgressLog } from "./egress-log";
import { Providers } from "./providers";

/** What may leave this machine, what it may cost, with whom, and what has left. */
export function CloudSection() {
  const said = texts.cloud;
  return (
    <div className="space-y-5">
      <Panel title={said.switches}>
        <SettingList shows={({ group, key }) => group === "cloud" && !key.startsWith("budget.")} />
      </Panel>
      <Panel title={said.budget}>
        <BudgetBars />
        <SettingList shows={({ group, key }) => group === "cloud" && key.startsWith("budget.")} />
      </Panel>
      <Panel title={said.providers} about={said.providersAbout}>
        <Providers />
      </Panel>
      <Panel title={said.egress} about={said.egressAbout}>
        <EgressLog />
      </Panel>
    </div>
  );
}
