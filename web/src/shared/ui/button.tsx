import type { ComponentProps } from "react";

const kinds = {
  /** The one that a place is for. */
  primary: "bg-accent text-on-accent hover:opacity-90",
  /** Any other. */
  plain: "border border-line bg-field text-ink hover:bg-raised",
  /** What cannot be taken back, or hurts. */
  danger: "border border-danger/50 bg-danger/5 text-danger hover:bg-danger/15",
  /** In a row of text. */
  quiet: "text-soft hover:bg-raised hover:text-ink",
} as const;

interface ButtonProps extends ComponentProps<"button"> {
  kind?: keyof typeof kinds;
  /** `small` in tables and lines of text. */
  size?: "small" | "usual";
}

export function Button({ kind = "plain", size = "usual", type = "button", className = "", ...rest }: ButtonProps) {
  const room = size === "small" ? "gap-1 rounded-md px-2 py-1 text-xs [&_svg]:size-4" : "gap-2 rounded-lg px-3.5 py-2 text-sm";
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- one of the three, and `button` where none is named
      type={type}
      className={`inline-flex items-center justify-center font-medium disabled:cursor-default disabled:opacity-50 ${room} ${kinds[kind]} ${className}`}
      {...rest}
    />
  );
}
