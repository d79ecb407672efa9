import type { ReactNode } from "react";

/** Rows and columns to compare, dense. Scrolls sideways by itself where there is no room. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
    <div className="-mx-1 overflow-x-auto px-1" role="group" aria-label={label} tabIndex={0}>
      <table aria-label={label} className="w-full border-collapse text-sm tabular-nums">{children}</table>
    </div>
  );
}

export function Head({ number = false, children }: { number?: boolean; children: ReactNode }) {
  return (
    <th
      scope="col"
      className={`border-b border-line py-1.5 pr-4 text-xs font-medium whitespace-nowrap text-faint last:pr-0 ${number ? "text-right" : "text-left"}`}
    >
      {children}
    </th>
  );
}

export function Cell({ number = false, title, children }: { number?: boolean; title?: string | undefined; children: ReactNode }) {
  return (
    <td title={title} className={`border-b border-line/60 py-1.5 pr-4 last:pr-0 ${number ? "text-right whitespace-nowrap" : ""}`}>
      {children}
    </td>
  );
}
