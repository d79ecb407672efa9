import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";
import { Tabs } from "@/shared/ui/tabs";
import type { Operation, Schemas } from "./document";
import { useDrafts } from "./drafts";
import { Form } from "./form/form";
import { SchemaField } from "./form/schema-field";
import { bodyKind } from "./media";
import type { DraftProblems } from "./problems";
import { type Draft, type Files, bodyOfOperation, newDraft, parseJson, pretty, withoutFiles } from "./request";
import { byPlace } from "./request-panel";

interface BodyEditorProps {
  operation: Operation;
  schemas: Schemas;
  draft: Draft;
  files: Files;
  problems: DraftProblems;
  onChange: (change: Partial<Draft>) => void;
}

/** The body: a form, the same as JSON, plain text, or files. */
export function BodyEditor(props: BodyEditorProps) {
  const { operation, schemas, draft, onChange } = props;
  const schema = bodyOfOperation(operation, draft)?.schema ?? {};
  const kind = bodyKind(draft.mediaType ?? "");
  const fileFields = kind === "file" ? [texts.request.file] : kind === "form" ? withoutFiles(schema, schemas).files : [];
  return (
    <section aria-label={texts.request.body} className="grid gap-4">
      {operation.bodies.length > 1 && (
        <Field label={texts.request.mediaType}>
          {(attributes) => (
            <Select
              {...attributes}
              value={draft.mediaType ?? ""}
              onChange={({ target }) => onChange({ mediaType: target.value, text: newDraft(operation, schemas, target.value).text })}
            >
              {operation.bodies.map(({ mediaType }) => <option key={mediaType}>{mediaType}</option>)}
            </Select>
          )}
        </Field>
      )}
      {(kind === "json" || kind === "form") && <Structured key={draft.mediaType} {...props} schema={withoutFiles(schema, schemas).schema} />}
      {kind === "text" && <JsonText label={texts.request.text} text={draft.text} onChange={(text) => onChange({ text })} />}
      {fileFields.map((name) => <FileField key={name} operation={operation} name={name} several={kind === "form"} />)}
    </section>
  );
}

/** One text, seen as a form or as it is. */
function Structured({ schema, schemas, draft, problems, onChange }: BodyEditorProps & { schema: Parameters<typeof SchemaField>[0]["schema"] }) {
  const [view, setView] = useState<"form" | "json">("form");
  const parsed = parseJson(draft.text);
  const error = problems.notJson === null ? undefined : texts.request.notJson(problems.notJson);
  return (
    <div>
      <Tabs
        label={texts.request.bodyView}
        tabs={[{ id: "form", name: texts.request.form }, { id: "json", name: texts.request.json }]}
        current={view}
        onChange={setView}
      >
        {view === "json" && (
          <>
            <JsonText label={texts.request.json} text={draft.text} error={error} onChange={(text) => onChange({ text })} />
            <ul className="mt-2 grid gap-1 text-xs text-danger">
              {problems.body.map(({ at, message }) => (
                <li key={`${at} ${message}`}><code className="font-mono">{at || texts.request.whole}</code> {message}</li>
              ))}
            </ul>
          </>
        )}
        {view === "form" && "error" in parsed && <p className="text-sm text-danger">{texts.request.notJsonForm}</p>}
        {view === "form" && "value" in parsed && (
          <Form value={{ schemas, problems: byPlace(problems.body) }}>
            <SchemaField
              name={texts.request.body}
              at=""
              schema={schema}
              value={parsed.value}
              required
              bare
              onChange={(value) => onChange({ text: pretty(value ?? {}) })}
            />
          </Form>
        )}
      </Tabs>
    </div>
  );
}

interface JsonTextProps {
  label: string;
  text: string;
  error?: string | undefined;
  onChange: (text: string) => void;
}

function JsonText({ label, text, error, onChange }: JsonTextProps) {
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <TextArea
          {...attributes}
          rows={12}
          className="field-sizing-content max-h-[32rem] font-mono text-[0.8125rem]! whitespace-pre"
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function FileField({ operation, name, several }: { operation: Operation; name: string; several: boolean }) {
  const files = useDrafts((state) => state.files[operation.id]);
  const choose = useDrafts((state) => state.choose);
  return (
    <Field label={several ? texts.request.files(name) : name}>
      {(attributes) => (
        <Input
          {...attributes}
          type="file"
          multiple={several}
          onChange={({ target }) => choose(operation.id, { ...files, [name]: [...(target.files ?? [])] })}
        />
      )}
    </Field>
  );
}
