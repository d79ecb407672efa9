import { isRecord } from "./validate";

/** The data lines of an event as it came. */
export function dataOfEvent(event: string): string {
  return event
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(line.startsWith("data: ") ? 6 : 5))
    .join("\n");
}

/** The piece of an answer that an event carries, in the forms that the server's routes have; empty for all others. */
export function answerText(event: string): string {
  const data = dataOfEvent(event);
  const value = parsed(data);
  if (value === undefined) return /^\[[A-Z_]+(: .*)?\]$/.test(data) ? "" : data;
  if (!isRecord(value)) return "";
  const [choice] = Array.isArray(value.choices) ? value.choices : [];
  if (isRecord(choice)) return text(isRecord(choice.delta) ? choice.delta.content : choice.text);
  return text(value.text);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
