/** Indents all lines but the first. */
export function indented(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}
