import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Select } from "@/shared/ui/field";
import { Switch } from "@/shared/ui/switch";
import { HostsControl } from "./hosts-control";
import { ModelControl } from "./model-control";
import { NumberControl } from "./number-control";
import { noModelOf } from "./setting-texts";
import { VoicesControl } from "./voices-control";

interface SettingControlProps {
  setting: Setting;
  name: string;
  onChange: (value: unknown) => void;
}

/** What a setting's value is chosen with, by its kind. */
export function SettingControl({ setting, name, onChange }: SettingControlProps) {
  const { kind, value } = setting;
  if (kind === "switch") {
    return <Switch label={name} hideLabel checked={value === true} onChange={onChange} />;
  }
  if (kind === "choice") {
    return (
      <Select aria-label={name} value={String(value)} onChange={(event) => onChange(event.target.value)}>
        {setting.choices?.map((choice) => (
          <option key={choice} value={choice}>{texts.settings.choices[choice] ?? choice}</option>
        ))}
      </Select>
    );
  }
  if (kind === "model") return <ModelControl name={name} value={value} none={noModelOf(setting.key)} onChange={onChange} />;
  if (kind === "voices") return <VoicesControl setting={setting} name={name} onChange={onChange} />;
  if (kind === "hosts") return <HostsControl setting={setting} name={name} onChange={onChange} />;
  return <NumberControl setting={setting} name={name} onChange={onChange} />;
}
