import { texts } from "@/shared/i18n/monitor";
import { Field, Select } from "@/shared/ui/field";
import { type RouteFilter, useModelIds } from "./queries";

const t = texts.routes;

interface RouteFiltersProps {
  filter: RouteFilter;
  onChange: (filter: RouteFilter) => void;
}

/** Which decisions are shown. */
export function RouteFilters({ filter, onChange }: RouteFiltersProps) {
  const models = useModelIds().data ?? [];
  const answerers = [...models.filter((id) => !id.startsWith("council/")), "math", "logic", "code", "knowledge", "council", "cache"];
  const choices: { field: keyof RouteFilter; name: string; options: [string, string][] }[] = [
    { field: "skill", name: t.kind, options: Object.entries(t.kinds) },
    { field: "answered_by", name: t.by, options: answerers.map((id) => [id, id]) },
    { field: "outcome", name: t.outcome, options: Object.entries(t.outcomes) },
    { field: "escalated", name: t.escalated, options: [["true", t.yes], ["false", t.no]] },
  ];
  return (
    <div role="group" aria-label={t.filter} className="mb-4 grid grid-cols-2 gap-3 lg:grid-cols-4">
      {choices.map(({ field, name, options }) => (
        <Field key={field} label={name}>
          {(attributes) => (
            <Select
              {...attributes}
              value={filter[field]}
              onChange={(event) => onChange({ ...filter, [field]: event.target.value })}
            >
              <option value="">{t.any}</option>
              {options.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
            </Select>
          )}
        </Field>
      ))}
    </div>
  );
}
