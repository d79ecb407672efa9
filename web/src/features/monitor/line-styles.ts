/** How the first, second and third line of a chart look: told apart by more than their colours. */
export const lineStyles = [
  { token: "--accent", text: "text-accent", dash: undefined },
  { token: "--warning", text: "text-warning", dash: [6, 3] },
  { token: "--faint", text: "text-faint", dash: [2, 3] },
] as const;
