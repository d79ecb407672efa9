import type { ReactNode } from "react";

interface DataTableProps {
  /** What it is a table of, for those who hear it. */
  label: string;
  heads: string[];
  /** What the buttons at the ends of rows do, where there are some; only heard. */
  action?: string;
  /** The rows. */
  children: ReactNode;
}

/** Rows to compare. On a phone each stands for itself, a line for each of its cells. */
export function DataTable({ label, heads, action, children }: DataTableProps) {
  return (
    <div className="relative -mx-4 overflow-x-auto px-4">
      <table aria-label={label} className="w-full border-collapse text-sm tabular-nums max-md:block md:min-w-[42rem]">
        <thead className="max-md:hidden">
          <tr className="text-left text-xs text-faint [&>th]:border-b [&>th]:border-line [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
            {heads.map((head) => <th key={head} scope="col">{head}</th>)}
            {action !== undefined && <th scope="col"><span className="sr-only">{action}</span></th>}
          </tr>
        </thead>
        <tbody className="max-md:block [&>tr]:align-top max-md:[&>tr]:block max-md:[&>tr]:border-b max-md:[&>tr]:border-line max-md:[&>tr]:py-2 md:[&>tr>td]:border-b md:[&>tr>td]:border-line md:[&>tr>td]:py-2 md:[&>tr>td]:pr-4">
          {children}
        </tbody>
      </table>
    </div>
  );
}

interface DataCellProps {
  /** Said before it on a phone; absent: it speaks for itself. */
  head?: string;
  /** It may be a long name, which breaks anywhere. */
  long?: boolean;
  className?: string;
  children: ReactNode;
}

export function DataCell({ head, long = false, className = "", children }: DataCellProps) {
  // A line of a phone that would say nothing is left out.
  const shown = children === "" ? "max-md:hidden" : "max-md:flex max-md:gap-3 max-md:py-0.5";
  return (
    <td className={`${shown} ${long ? "[overflow-wrap:anywhere] md:min-w-36" : ""} ${className}`}>
      {head !== undefined && <span className="w-24 shrink-0 text-xs leading-5 text-faint md:hidden">{head}</span>}
      <div className="min-w-0">{children}</div>
    </td>
  );
}
