import { texts } from "@/shared/i18n/explore";
import { Button } from "@/shared/ui/button";
import { NewIcon } from "@/shared/ui/icons";
import { Prose } from "../prose";
import { blank, shapeOf } from "../schema";
import { type FieldProps, useForm } from "./form";
import { Group } from "./group";
import { JsonField } from "./json-field";
import { ListField } from "./list-field";
import { MapField } from "./map-field";
import { ObjectField } from "./object-field";
import { ScalarField } from "./scalar-field";
import { VariantField } from "./variant-field";

/** The control for whatever a schema describes. */
export function SchemaField(props: FieldProps) {
  const { name, at, schema, value, onChange, required, bare = false } = props;
  const { schemas, problems } = useForm();
  const shape = shapeOf(schema, schemas);
  if (["text", "number", "integer", "boolean", "choice"].includes(shape.kind)) return <ScalarField {...props} shape={shape} />;
  const description = shape.description ?? "";
  const problem = problems.get(at);
  if (value === undefined || value === null) {
    return (
      <div className="grid gap-1">
        <div>
          <Button size="small" onClick={() => onChange(blank(schema, schemas))}>
            <NewIcon />
            <span className="font-mono">{texts.request.add(name)}</span>
          </Button>
        </div>
        <p className={`text-xs leading-relaxed ${problem === undefined ? "text-faint" : "text-danger"}`}>{problem ?? <Prose text={description} />}</p>
      </div>
    );
  }
  const inner = { ...props, shape };
  const fields = (
    <>
      {shape.kind === "object" && <ObjectField {...inner} />}
      {shape.kind === "list" && <ListField {...inner} />}
      {shape.kind === "map" && <MapField {...inner} />}
      {shape.kind === "variants" && <VariantField {...inner} />}
      {shape.kind === "any" && <JsonField {...inner} />}
    </>
  );
  if (bare) return <div className="grid gap-4">{fields}</div>;
  return (
    <Group name={name} description={description} problem={problem} onRemove={required ? null : () => onChange(undefined)}>
      {fields}
    </Group>
  );
}
