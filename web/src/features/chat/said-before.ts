import type { components } from "@/shared/api/schema";
import type { Turn } from "./turns";

type SaidBefore = components["schemas"]["SaidBefore"];

/** So many messages the server takes. */
const most = 1_000;

/** What was said in a chat of which the server keeps nothing: its next question takes it along. */
export function saidBefore(turns: readonly Turn[]): SaidBefore[] {
  const said = turns
    .filter(({ answer, failure }) => answer !== "" && failure === null)
    .flatMap(({ question, answer }): SaidBefore[] => [
      { role: "user", content: question.prompt },
      { role: "assistant", content: answer },
    ]);
  return said.slice(-most);
}
