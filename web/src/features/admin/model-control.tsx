import { texts } from "@/shared/i18n/admin";
import { Select } from "@/shared/ui/field";
import { useModels } from "./queries/models";

interface ModelControlProps {
  name: string;
  value: unknown;
  onChange: (value: string | null) => void;
}

/** One of the installed local models, or the default one. */
export function ModelControl({ name, value, onChange }: ModelControlProps) {
  const { data } = useModels();
  const local = (data ?? []).filter(
    (model) => model.locality === "local" && model.capabilities.chat && !model.id.startsWith("council/"),
  );
  const ids = local.map((model) => model.id);
  // One that was chosen and is gone is still what is set.
  const all = typeof value === "string" && !ids.includes(value) ? [...ids, value] : ids;
  return (
    <Select
      aria-label={name}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
    >
      <option value="">{texts.settings.defaultModel}</option>
      {all.map((id) => <option key={id} value={id}>{id}</option>)}
    </Select>
  );
}
