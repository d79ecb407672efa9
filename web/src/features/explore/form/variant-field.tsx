import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { Field, Select } from "@/shared/ui/field";
import { type Shape, blank } from "../schema";
import { fittingVariant, problemsOf } from "../validate";
import { type FieldProps, useForm } from "./form";
import { SchemaField } from "./schema-field";

/** One of several forms: which one, and then that one. */
export function VariantField({ name, at, value, onChange, shape }: FieldProps & { shape: Shape }) {
  const { schemas } = useForm();
  const [chosen, setChosen] = useState<number | null>(null);
  const fits = (index: number) => {
    const schema = shape.variants[index]?.schema;
    return schema !== undefined && !problemsOf(value, schema, schemas).some((problem) => problem.at === "");
  };
  // What was chosen holds as long as the value can be that; the raw JSON may have made another of it.
  const current = chosen !== null && fits(chosen) ? chosen : fittingVariant(value, shape, schemas);
  const variant = shape.variants[current];
  const choose = (index: number) => {
    setChosen(index);
    onChange(blank(shape.variants[index]?.schema ?? {}, schemas));
  };
  return (
    <>
      <Field label={texts.request.variant(name)}>
        {(attributes) => (
          <Select {...attributes} value={current} onChange={(event) => choose(Number(event.target.value))}>
            {shape.variants.map((one, index) => <option key={one.name} value={index}>{one.name}</option>)}
          </Select>
        )}
      </Field>
      {variant && (
        <SchemaField key={current} name={name} at={at} schema={variant.schema} value={value} required bare onChange={onChange} />
      )}
    </>
  );
}
