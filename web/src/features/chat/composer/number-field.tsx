import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { formatPlain, parsePlain } from "@/shared/lib/format";
import { Field, Input } from "@/shared/ui/field";

export interface NumberRange {
  least: number;
  /** Absent: none. */
  most?: number;
  whole: boolean;
}

interface NumberFieldProps {
  label: string;
  hint: string;
  /** `null`: left to the server. */
  value: number | null;
  range: NumberRange;
  onChange: (value: number | null) => void;
}

/** A number that may be left open. What is out of range is said and not taken. */
export function NumberField({ label, hint, value, range, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (value === null ? "" : formatPlain(value));
  const parsed = parse(text, range);
  const commit = () => {
    if (parsed === "wrong") return;
    setTyped(null);
    if (parsed !== value) onChange(parsed);
  };
  return (
    <Field label={label} hint={hint} error={parsed === "wrong" ? texts.options.outOfRange(rangeInWords(range)) : undefined}>
      {(attributes) => (
        <Input
          {...attributes}
          inputMode="decimal"
          placeholder={texts.options.byDefault}
          value={text}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === "Enter" && commit()}
        />
      )}
    </Field>
  );
}

function parse(text: string, { least, most = Number.MAX_SAFE_INTEGER, whole }: NumberRange): number | null | "wrong" {
  if (text.trim() === "") return null;
  const value = parsePlain(text);
  if (Number.isNaN(value) || value < least || value > most) return "wrong";
  return whole && !Number.isInteger(value) ? "wrong" : value;
}

function rangeInWords({ least, most, whole }: NumberRange): string {
  const kind = whole ? texts.options.wholeNumber : texts.options.number;
  return most === undefined ? texts.options.from(kind, least) : texts.options.between(kind, least, most);
}
