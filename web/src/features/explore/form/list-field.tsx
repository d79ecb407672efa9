import { texts } from "@/shared/i18n/explore";
import { Button } from "@/shared/ui/button";
import { NewIcon } from "@/shared/ui/icons";
import { type Shape, blank } from "../schema";
import { within } from "../validate";
import { type FieldProps, useForm } from "./form";
import { SchemaField } from "./schema-field";

/** As many of the same as wanted. */
export function ListField({ name, at, value, onChange, shape }: FieldProps & { shape: Shape }) {
  const { schemas } = useForm();
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const schema = shape.items ?? {};
  const set = (index: number, next: unknown) =>
    onChange(next === undefined ? items.filter((_, place) => place !== index) : items.with(index, next));
  return (
    <>
      {items.map((item, index) => (
        <SchemaField
          // oxlint-disable-next-line react/no-array-index-key -- entries have nothing else that tells them apart
          key={index}
          name={`${name}[${index}]`}
          at={within(at, index)}
          schema={schema}
          value={item}
          required={false}
          onChange={(next) => set(index, next)}
        />
      ))}
      <div>
        <Button size="small" onClick={() => onChange([...items, blank(schema, schemas)])}>
          <NewIcon />
          {texts.request.addItem}
        </Button>
      </div>
    </>
  );
}
