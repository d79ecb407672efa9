import { type FormEvent, useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { type Shape, blank } from "../schema";
import { isRecord, within } from "../validate";
import { type FieldProps, useForm } from "./form";
import { SchemaField } from "./schema-field";

/** Values under names that the person chooses. */
export function MapField({ at, value, onChange, shape }: FieldProps & { shape: Shape }) {
  const { schemas } = useForm();
  const [name, setName] = useState("");
  const record = isRecord(value) ? value : {};
  const schema = typeof shape.additionalProperties === "object" ? shape.additionalProperties : {};
  const add = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (name === "" || name in record) return;
    onChange({ ...record, [name]: blank(schema, schemas) });
    setName("");
  };
  return (
    <>
      {Object.entries(record).map(([key, item]) => (
        <SchemaField
          key={key}
          name={key}
          at={within(at, key)}
          schema={schema}
          value={item}
          required={false}
          onChange={(next) => {
            const { [key]: _, ...others } = record;
            onChange(next === undefined ? others : { ...record, [key]: next });
          }}
        />
      ))}
      <div className="flex items-end gap-2">
        <Field label={texts.request.addName}>
          {(attributes) => (
            <Input
              {...attributes}
              value={name}
              onChange={(event) => setName(event.target.value)}
              onKeyDown={(event) => event.key === "Enter" && !event.ctrlKey && add(event)}
            />
          )}
        </Field>
        <Button onClick={add}>{texts.request.addItem}</Button>
      </div>
    </>
  );
}
