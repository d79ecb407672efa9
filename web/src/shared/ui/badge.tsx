import type { ReactNode } from "react";

const tones = {
  neutral: "border-line text-soft",
  accent: "border-accent/50 bg-accent/10 text-accent",
  warning: "border-warning/50 bg-warning/10 text-warning",
  danger: "border-danger/50 bg-danger/10 text-danger",
} as const;

export type Tone = keyof typeof tones;

/** A word that says what something is, or how it is. */
export function Badge({ tone = "neutral", children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span
      title={title}
      className={`inline-flex items-center gap-1 rounded-full border px-2 py-px text-xs leading-4.5 whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  );
}
