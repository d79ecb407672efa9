import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";
import { keepPersona, personaOf, removePersona, usePersonas } from "./personas";

interface PersonaFieldsProps {
  /** The instructions; `null`: none. */
  system: string | null;
  onChange: (system: string | null) => void;
}

/** Who answers: instructions that stand before everything, written here or chosen by name. */
export function PersonaFields({ system, onChange }: PersonaFieldsProps) {
  const personas = usePersonas((state) => state.personas);
  const [written, setWritten] = useState<string | null>(null);
  const [name, setName] = useState("");
  const text = written ?? system ?? "";
  const known = personaOf(personas, text);
  const own = text !== "" && known === undefined;
  const choose = (instructions: string | null) => {
    setWritten(null);
    onChange(instructions);
  };
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 text-sm font-semibold">{texts.personas.title}</legend>
      <Field label={texts.personas.choose}>
        {(attributes) => (
          <Select
            {...attributes}
            value={own ? "own" : (known?.name ?? "")}
            onChange={(event) => {
              const chosen = personas.find((persona) => persona.name === event.target.value);
              choose(chosen?.instructions ?? null);
            }}
          >
            <option value="">{texts.personas.none}</option>
            {own && <option value="own">{texts.personas.own}</option>}
            {personas.map((persona) => <option key={persona.name} value={persona.name}>{persona.name}</option>)}
          </Select>
        )}
      </Field>
      <Field label={texts.personas.instructions} hint={texts.personas.instructionsHint}>
        {(attributes) => (
          <TextArea
            {...attributes}
            rows={4}
            value={text}
            onChange={(event) => setWritten(event.target.value)}
            onBlur={() => written !== null && choose(written.trim() === "" ? null : written.trim())}
          />
        )}
      </Field>
      {own && (
        <div className="flex items-end gap-2">
          <div className="flex-1">
            <Field label={texts.personas.name}>
              {(attributes) => (
                <Input {...attributes} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
              )}
            </Field>
          </div>
          <Button
            disabled={name.trim() === ""}
            onClick={() => {
              keepPersona({ name: name.trim(), instructions: text.trim() });
              setName("");
            }}
          >
            {texts.personas.keep}
          </Button>
        </div>
      )}
      {known && (
        <div>
          <Button size="small" kind="quiet" onClick={() => removePersona(known.name)}>
            {texts.personas.remove(known.name)}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
