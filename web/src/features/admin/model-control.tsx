import { Select } from "@/shared/ui/field";
import { useModels } from "./queries/models";

interface ModelControlProps {
  name: string;
  value: unknown;
  /** What it comes to where none is chosen. */
  none: string;
  onChange: (value: string | null) => void;
}

/** One of the installed local models, or none in particular. */
export function ModelControl({ name, value, none, onChange }: ModelControlProps) {
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
      <option value="">{none}</option>
      {all.map((id) => <option key={id} value={id}>{id}</option>)}
    </Select>
  );
}
