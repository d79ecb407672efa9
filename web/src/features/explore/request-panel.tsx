import { texts } from "@/shared/i18n/explore";
import { Button } from "@/shared/ui/button";
import { Field, Select, TextArea } from "@/shared/ui/field";
import { Panel } from "@/shared/ui/panel";
import { BodyEditor } from "./body-editor";
import type { Operation, Schemas } from "./document";
import { useDrafts } from "./drafts";
import { draftOf, examples } from "./examples";
import { Form } from "./form/form";
import { ObjectField } from "./form/object-field";
import type { DraftProblems } from "./problems";
import { type Draft, type Files, newDraft } from "./request";
import { parametersSchema, shapeOf } from "./schema";

interface RequestPanelProps {
  operation: Operation;
  schemas: Schemas;
  draft: Draft;
  files: Files;
  problems: DraftProblems;
  blocked: string[];
  running: boolean;
  onSend: () => void;
  onStop: () => void;
}

/** The request as it is being written. */
export function RequestPanel(props: RequestPanelProps) {
  const { operation, schemas, draft, problems, blocked, running, onSend, onStop } = props;
  const edit = useDrafts((state) => state.edit);
  const revision = useDrafts((state) => state.revision);
  const change = (changed: Partial<Draft>) => edit(operation.id, { ...draft, ...changed });
  const count = problems.parameters.length + problems.body.length;
  return (
    <Panel title={texts.request.title} actions={<ExampleChoice operation={operation} schemas={schemas} />}>
      <div className="grid gap-5">
        {operation.parameters.length === 0 && operation.bodies.length === 0 && (
          <p className="text-sm text-faint">{texts.request.none}</p>
        )}
        {operation.parameters.length > 0 && (
          <section aria-label={texts.request.parameters} className="grid gap-4">
            <Form value={{ schemas, problems: byPlace(problems.parameters) }}>
              <ObjectField
                key={revision}
                at=""
                shape={shapeOf(parametersSchema(operation.parameters), schemas)}
                value={draft.parameters}
                onChange={(parameters) => change({ parameters: parameters as Draft["parameters"] })}
              />
            </Form>
          </section>
        )}
        {operation.bodies.length > 0 && <BodyEditor {...props} key={revision} onChange={change} />}
        <details>
          <summary className="w-fit rounded-md py-1 text-xs text-soft hover:text-ink">{texts.request.headers}</summary>
          <div className="pt-2">
            <Field label={texts.request.headers} hint={texts.request.headersHint}>
              {(attributes) => (
                <TextArea
                  {...attributes}
                  rows={2}
                  className="font-mono"
                  spellCheck={false}
                  value={draft.headers}
                  onChange={(event) => change({ headers: event.target.value })}
                />
              )}
            </Field>
          </div>
        </details>
        <div className="sticky -bottom-4 -mx-4 -mb-4 md:-bottom-5 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-b-xl border-t border-line bg-field px-4 py-3">
          {running ? (
            <Button onClick={onStop}>{texts.request.stop}</Button>
          ) : (
            <Button kind="primary" onClick={onSend} disabled={blocked.length > 0 || operation.socket} aria-keyshortcuts="Control+Enter">
              {texts.request.send}
            </Button>
          )}
          <p className={`text-xs ${blocked.length + count > 0 ? "text-warning" : "text-faint"}`} role="status">
            {blocked.length > 0
              ? texts.request.blocked(blocked.join(", "))
              : count > 0
                ? texts.request.problems(count)
                : texts.request.keys}
          </p>
        </div>
      </div>
    </Panel>
  );
}

/** Several problems of one place: the first is enough. */
export function byPlace(problems: DraftProblems["body"]): Map<string, string> {
  return new Map(problems.toReversed().map(({ at, message }) => [at, message]));
}

function ExampleChoice({ operation, schemas }: { operation: Operation; schemas: Schemas }) {
  const replace = useDrafts((state) => state.replace);
  const offered = examples[operation.id] ?? [];
  const choose = (index: string) => {
    const example = offered[Number(index)];
    replace(operation.id, example === undefined ? newDraft(operation, schemas) : draftOf(example, operation, schemas));
  };
  return (
    // Always shows its own name: a draft stops being an example as soon as somebody writes in it.
    <Select aria-label={texts.request.exampleChoice} value="" onChange={(event) => choose(event.target.value)} className="w-auto! py-1! text-xs!">
      <option value="" disabled>{texts.request.example}</option>
      {offered.map(({ name }, index) => <option key={name} value={index}>{name}</option>)}
      <option value="least">{texts.request.least}</option>
    </Select>
  );
}
