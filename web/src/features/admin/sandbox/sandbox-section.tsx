import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { SettingList } from "../setting-list";
import { Protection } from "./protection";
import { SelfTestPanel } from "./self-test-panel";

/** What programs may use, what keeps them from this machine, and a proof of it. */
export function SandboxSection() {
  const said = texts.sandbox;
  return (
    <div className="space-y-5">
      <Panel title={said.protection}>
        <Protection />
      </Panel>
      <Panel title={said.policy} about={said.policyAbout}>
        <SettingList shows={({ group }) => group === "sandbox"} />
        <p className="border-t border-line pt-3 text-sm text-soft">
          <span className="font-medium text-ink">{said.network}.</span> {said.networkOff}
        </p>
      </Panel>
      <SelfTestPanel />
    </div>
  );
}
