import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { Field, TextArea } from "@/shared/ui/field";
import { parseJson, pretty } from "../request";
import { type FieldProps, useForm } from "./form";

/** A value that nobody has described: as JSON. */
export function JsonField({ name, at, value, onChange }: FieldProps) {
  const { problems } = useForm();
  // What is being typed is no JSON most of the time; the value then stays what it was.
  const [typed, setTyped] = useState<string | null>(null);
  const edit = (text: string) => {
    const parsed = parseJson(text);
    setTyped("value" in parsed ? null : text);
    if ("value" in parsed) onChange(parsed.value);
  };
  return (
    <Field label={`${name} (JSON)`} error={typed === null ? problems.get(at) : texts.request.notValue}>
      {(attributes) => (
        <TextArea
          {...attributes}
          className="field-sizing-content max-h-96 font-mono"
          spellCheck={false}
          value={typed ?? pretty(value)}
          onChange={(event) => edit(event.target.value)}
        />
      )}
    </Field>
  );
}
