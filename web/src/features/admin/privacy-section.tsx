import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Panel } from "@/shared/ui/panel";
import { EmptyState } from "@/shared/ui/states";
import { useChangeSetting, useResetSetting, useSettings } from "./queries/settings";
import { SettingList } from "./setting-list";
import { titleOf } from "./setting-texts";
import { nameOf } from "./sections";

const agreed = "privacy.consent_hosts";

/** What is done about what is private, and to whom a person said yes once and for all. */
export function PrivacySection() {
  const { data } = useSettings();
  const consent = data?.data.find(({ key }) => key === agreed);
  return (
    <div className="space-y-5">
      <Panel title={nameOf("privacy")} about={texts.about.privacy}>
        <SettingList brief shows={({ group, key }) => group === "privacy" && key !== agreed} />
      </Panel>
      {consent && <Consent setting={consent} />}
    </div>
  );
}

function Consent({ setting }: { setting: Setting }) {
  const change = useChangeSetting();
  const reset = useResetSetting();
  const said = texts.settings;
  const hosts = Array.isArray(setting.value) ? setting.value.map(String) : [];
  const withdraw = (host: string) => {
    const left = hosts.filter((other) => other !== host);
    if (left.length > 0) change.mutate({ key: agreed, value: left });
    else reset.mutate({ key: agreed, value: setting.default });
  };
  return (
    <Panel title={titleOf(agreed)} about={texts.about.consent}>
      {hosts.length === 0 ? (
        <EmptyState title={said.consentNone}>{said.consentNoneHint}</EmptyState>
      ) : (
        <ul>
          {hosts.map((host) => (
            <li key={host} className="flex items-center justify-between gap-3 border-t border-line py-2 text-sm first:border-t-0">
              <span className="min-w-0 font-mono text-xs break-all">{host}</span>
              <Button kind="quiet" size="small" aria-label={said.withdrawOf(host)} onClick={() => withdraw(host)}>
                {said.withdraw}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
