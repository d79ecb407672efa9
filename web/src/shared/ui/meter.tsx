interface MeterProps {
  /** What is measured, for those who cannot see it. */
  label: string;
  /** In [0, 1]; more is shown as full. */
  share: number;
  /** The value in words, such as `3.1 of 8 GB`. */
  said: string;
  tone?: "accent" | "warning" | "danger";
}

/** How much of something is used. The words belong beside it: a bar alone says too little. */
export function Meter({ label, share, said, tone = "accent" }: MeterProps) {
  const width = `${Math.min(1, Math.max(0, share)) * 100}%`;
  const colour = { accent: "bg-accent", warning: "bg-warning", danger: "bg-danger" }[tone];
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, Math.max(0, share)) * 100)}
      aria-valuetext={said}
      className="h-1.5 w-full overflow-hidden rounded-full bg-raised"
    >
      <div className={`h-full rounded-full ${colour}`} style={{ width }} />
    </div>
  );
}
