import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatDate } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { useChangeSetting, useResetSetting } from "./queries/settings";
import { SettingControl } from "./setting-control";
import { effectOf, titleOf, wordsOf } from "./setting-texts";

interface SettingRowProps {
  setting: Setting;
  /** What it does is said above it, for all of its kind. */
  brief?: boolean;
}

/** One setting: what it does, its value, and where that comes from. */
export function SettingRow({ setting, brief = false }: SettingRowProps) {
  const change = useChangeSetting();
  const reset = useResetSetting();
  const said = texts.settings;
  const isSet = setting.source === "setting" || setting.since != null;
  const name = titleOf(setting.key);
  return (
    <li className="grid gap-x-6 gap-y-2 border-t border-line py-3 first:border-t-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,17rem)]">
      <div className="min-w-0">
        <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium">
          {name}
          {isSet && (
            <Badge tone="accent" {...(setting.since == null ? {} : { title: said.setSince(formatDate(setting.since)) })}>
              {said.set}
            </Badge>
          )}
        </h3>
        {!brief && <p className="mt-0.5 text-sm leading-relaxed text-soft">{effectOf(setting)}</p>}
        <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-faint">
          <span>{said.default(wordsOf(setting, setting.default))}</span>
          <span>{said.scope[setting.scope] ?? setting.scope}</span>
          <code className="break-all">{setting.key}</code>
        </p>
        {setting.problem != null && <p role="alert" className="mt-1 text-xs text-danger">{setting.problem}</p>}
      </div>
      <div className="flex min-w-0 flex-wrap items-start gap-2 sm:justify-end">
        <SettingControl
          key={JSON.stringify(setting.value)}
          setting={setting}
          name={name}
          onChange={(value) => change.mutate({ key: setting.key, value })}
        />
        {isSet && (
          <Button
            kind="quiet"
            size="small"
            className={setting.kind === "switch" ? "" : "mt-1.5"}
            aria-label={said.resetOf(name)}
            onClick={() => reset.mutate({ key: setting.key, value: setting.default })}
          >
            {said.reset}
          </Button>
        )}
      </div>
    </li>
  );
}
