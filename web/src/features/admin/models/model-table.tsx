import type { CatalogModel, Machine, Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { ModelRow } from "./model-row";

interface ModelTableProps {
  catalog: CatalogModel[];
  /** Those that can be asked. */
  models: Model[];
  machine: Machine;
}

/** Installed ones first, then those that could be pulled; each in the order of preference. */
export function ModelTable({ catalog, models, machine }: ModelTableProps) {
  const said = texts.models;
  const others = models.filter(
    (model) => !model.id.startsWith("council/") && catalog.every((entry) => entry.id !== model.id),
  );
  const ordered = [...catalog.filter((entry) => entry.installed), ...catalog.filter((entry) => !entry.installed)];
  return (
    <div className="relative -mx-4 overflow-x-auto px-4">
      <table className="w-full border-collapse text-sm tabular-nums max-md:block md:min-w-[46rem]">
        <thead className="max-md:hidden">
          <tr className="text-left text-xs text-faint [&>th]:border-b [&>th]:border-line [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
            <th scope="col">{said.model}</th>
            <th scope="col" className="text-right">{said.size}</th>
            <th scope="col">{said.fit}</th>
            <th scope="col">{said.state}</th>
            <th scope="col"><span className="sr-only">{said.actions}</span></th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {others.map((model) => <ModelRow key={model.id} id={model.id} model={model} machine={machine} />)}
          {ordered.map((entry) => (
            <ModelRow
              key={entry.id}
              id={entry.id}
              entry={entry}
              model={models.find((model) => model.id === entry.id)}
              machine={machine}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
