import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import type { Shape } from "../schema";
import { isRecord, within } from "../validate";
import type { FieldProps } from "./form";
import { SchemaField } from "./schema-field";

/** The fields of an object: what it needs and what it has first, all else behind a line that says how many. */
export function ObjectField({ at, value, onChange, shape }: Pick<FieldProps, "at" | "value" | "onChange"> & { shape: Shape }) {
  const record = isRecord(value) ? value : {};
  const properties = Object.entries(shape.properties ?? {});
  const isRequired = (name: string) => shape.required?.includes(name) ?? false;
  // Decided once: a field that moved while somebody types in it would be lost.
  const [first] = useState(() => new Set(properties.map(([name]) => name).filter((name) => isRequired(name) || name in record)));
  const shown = properties.filter(([name]) => first.has(name));
  const others = properties.filter(([name, schema]) => !first.has(name) && schema.deprecated !== true);
  const field = ([name, schema]: (typeof properties)[number]) => (
    <SchemaField
      key={name}
      name={name}
      at={within(at, name)}
      schema={schema}
      value={record[name]}
      required={isRequired(name)}
      onChange={(next) => onChange(withField(record, name, next))}
    />
  );
  return (
    <>
      {shown.map(field)}
      {others.length > 0 && (
        <details open={shown.length === 0 && others.length <= 4} className="group min-w-0">
          <summary className="w-fit rounded-md py-1 text-xs text-soft hover:text-ink">{texts.request.optional(others.length)}</summary>
          <div className="grid gap-4 pt-2">{others.map(field)}</div>
        </details>
      )}
    </>
  );
}

/** In the order in which they were set; what is `undefined` is left out. */
function withField(record: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  if (value !== undefined) return { ...record, [name]: value };
  const { [name]: _, ...others } = record;
  return others;
}
