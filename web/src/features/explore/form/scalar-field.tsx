import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { formatNumber } from "@/shared/lib/format";
import { Field, type FieldAttributes, Input, Select, TextArea } from "@/shared/ui/field";
import { Prose } from "../prose";
import type { Shape } from "../schema";
import { type FieldProps, useForm } from "./form";

type ScalarProps = FieldProps & { shape: Shape };

/** One text, number, switch or choice. Empty is absent, unless the field is needed. */
export function ScalarField(props: ScalarProps) {
  const { name, at, shape, required } = props;
  const { problems } = useForm();
  const hint = [shape.description, limits(shape)].filter(Boolean).join(" · ");
  const Control = controls[shape.kind as keyof typeof controls];
  return (
    <Field label={required ? `${name} *` : name} hint={hint ? <Prose text={hint} /> : undefined} error={problems.get(at)}>
      {(attributes) => <Control {...props} attributes={attributes} />}
    </Field>
  );
}

type ControlProps = ScalarProps & { attributes: FieldAttributes };

function TextControl({ value, onChange, required, attributes }: ControlProps) {
  return (
    <TextArea
      {...attributes}
      rows={1}
      className="field-sizing-content max-h-64 min-h-9.5 resize-none"
      spellCheck={false}
      value={shown(value)}
      onChange={({ target }) => onChange(target.value === "" && !required ? undefined : target.value)}
    />
  );
}

function NumberControl({ value, onChange, attributes }: ControlProps) {
  // `1.` and `1.0` are on the way to `1.05`, so that they must not become `1` under the typist's hand.
  const [typed, setTyped] = useState("");
  return (
    <Input
      {...attributes}
      inputMode="decimal"
      autoComplete="off"
      value={Object.is(numberOf(typed), value) ? typed : shown(value)}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(numberOf(target.value));
      }}
    />
  );
}

function ChoiceControl({ value, onChange, shape, required, attributes }: ControlProps) {
  const choices = shape.kind === "boolean" ? [true, false] : (shape.enum ?? []);
  const index = choices.indexOf(value);
  return (
    <Select
      {...attributes}
      value={index === -1 ? "" : index}
      onChange={({ target }) => onChange(target.value === "" ? undefined : choices[Number(target.value)])}
    >
      {(!required || index === -1) && <option value="">{texts.request.notSet}</option>}
      {choices.map((choice, at) => <option key={String(choice)} value={at}>{String(choice)}</option>)}
    </Select>
  );
}

const controls = {
  text: TextControl,
  number: NumberControl,
  integer: NumberControl,
  boolean: ChoiceControl,
  choice: ChoiceControl,
};

/** What is no number stays as it was typed, and is called wrong. */
function numberOf(text: string): number | string | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a value may be, in few words. */
function limits({ kind, minimum, maximum, default: usual }: Shape): string {
  const said = texts.kind;
  const words = [];
  if (kind === "number" || kind === "integer") words.push(said[kind]);
  if (minimum !== undefined && maximum !== undefined) words.push(said.range(formatNumber(minimum), formatNumber(maximum)));
  else if (minimum !== undefined) words.push(said.from(formatNumber(minimum)));
  else if (maximum !== undefined) words.push(said.upTo(formatNumber(maximum)));
  if (usual !== undefined && usual !== null) words.push(said.default(String(usual)));
  return words.join(", ");
}
