import type { Operation, Schemas } from "./document";
import { type Draft, bodyOfOperation, parseJson, withoutFiles } from "./request";
import { bodyKind } from "./media";
import { parametersSchema } from "./schema";
import type { Answer } from "./send";
import { type Problem, isRecord, problemsOf } from "./validate";

export interface DraftProblems {
  parameters: Problem[];
  body: Problem[];
  /** Why the body is no JSON; `null` where it is, or need not be. */
  notJson: string | null;
}

/** What does not fit the server's description of itself, and what the server itself said of a field. */
export function problemsOfDraft(operation: Operation, draft: Draft, schemas: Schemas, answer: Answer | null): DraftProblems {
  const refused = refusedField(answer);
  const names = operation.parameters.map(({ name }) => name);
  const parameters = problemsOf(draft.parameters, parametersSchema(operation.parameters), schemas);
  const schema = bodyOfOperation(operation, draft)?.schema;
  const found: DraftProblems = { parameters, body: [], notJson: null };
  if (schema !== undefined && ["json", "form"].includes(bodyKind(draft.mediaType ?? ""))) {
    const parsed = parseJson(draft.text);
    if ("error" in parsed) found.notJson = parsed.error;
    else found.body = problemsOf(parsed.value, withoutFiles(schema, schemas).schema, schemas);
  }
  if (refused === null) return found;
  // The server's words for a field are better than ours.
  const where = names.includes(refused.at) ? "parameters" : "body";
  return { ...found, [where]: [...found[where].filter(({ at }) => at !== refused.at), refused] };
}

/** Parts of the address that are still empty: without them it would be another address. */
export function missingInPath(operation: Operation, draft: Draft): string[] {
  return operation.parameters
    .filter((parameter) => parameter.in === "path" && ["", undefined].includes(draft.parameters[parameter.name] as string))
    .map(({ name }) => name);
}

/** The field that the server refused, in its words. */
function refusedField(answer: Answer | null): Problem | null {
  if (answer === null || answer.status < 400) return null;
  const parsed = parseJson(answer.text);
  const error = "value" in parsed && isRecord(parsed.value) ? parsed.value.error : null;
  if (!isRecord(error) || typeof error.param !== "string" || typeof error.message !== "string") return null;
  return { at: error.param, message: error.message };
}
