import type { CatalogModel, Machine, Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { ModelRow } from "./model-row";

interface ModelTableProps {
  rows: {
    id: string;
    /** What the catalog says of it. */
    entry?: CatalogModel | undefined;
    /** How it is, where it can be asked. */
    model?: Model | undefined;
  }[];
  machine: Machine;
}

/** Models, what they need, and what can be done with them; on a phone one below the other. */
export function ModelTable({ rows, machine }: ModelTableProps) {
  const said = texts.models;
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
          {rows.map((row) => <ModelRow key={row.id} {...row} machine={machine} />)}
        </tbody>
      </table>
    </div>
  );
}
