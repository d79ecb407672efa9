import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { locale } from "@/shared/i18n/language";
import type { Columns } from "./columns";
import { lineStyles } from "./line-styles";
import { type Unit, formatValue } from "./values";

interface ChartProps {
  /** What it shows, for those who cannot see it. */
  label: string;
  columns: Columns;
  unit: Unit;
  /** Where the cursor is, as an index into the columns; `null` when it is elsewhere. */
  onCursor: (index: number | null) => void;
}

const height = 150;

/** Nothing that is counted comes in halves. */
const wholeSteps = [1, 2, 5].flatMap((step) => Array.from({ length: 10 }, (_, power) => step * 10 ** power)).toSorted((one, other) => one - other);

/** Lines over time. All charts of the page have one cursor. */
export function Chart({ label, columns, unit, onCursor }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const count = columns.lines.length;
  const latest = useRef(columns);
  const moved = useRef(onCursor);
  useEffect(() => {
    latest.current = columns;
    moved.current = onCursor;
  });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const make = () => {
      plot.current?.destroy();
      const size = { width: Math.max(element.clientWidth, 100), height };
      const options = { ...size, ...optionsFor(element, count, unit, (index) => moved.current(index)) };
      plot.current = new uPlot(options, dataOf(latest.current), element);
    };
    make();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: Math.max(element.clientWidth, 100), height }));
    resized.observe(element);
    // The system's colours may change while the page is open.
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [count, unit]);
  useEffect(() => plot.current?.setData(dataOf(columns)), [columns]);
  return <div ref={box} role="img" aria-label={label} className="min-w-0" style={{ height }} />;
}

function dataOf({ times, lines }: Columns): uPlot.AlignedData {
  return [times, ...lines];
}

function optionsFor(element: HTMLElement, lines: number, unit: Unit, onCursor: (index: number | null) => void) {
  const style = getComputedStyle(element);
  const colour = (token: string) => style.getPropertyValue(token).trim();
  const probe = resolved(element);
  const grid = { stroke: probe("--line"), width: 1 };
  const axis = { stroke: probe("--faint"), font: `11px ${style.fontFamily || colour("--font-sans")}`, grid, ticks: { show: false } };
  return {
    legend: { show: false },
    padding: [6, 8, 0, 0] satisfies uPlot.Padding,
    cursor: { sync: { key: "monitor" }, points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true },
      // From zero, and never flat: a line that does not move lies at the bottom.
      y: { range: (_: uPlot, __: number, most: number): [number, number] => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [
      { ...axis, size: 26, space: 40, values: timesOf },
      { ...axis, size: 56, gap: 4, ...(unit === "count" ? { incrs: wholeSteps } : {}), values: (_: uPlot, marks: number[]) => marks.map((mark) => formatValue(mark, unit)) },
    ],
    series: [
      {},
      ...lineStyles.slice(0, lines).map(({ token, dash }) => ({
        stroke: probe(token),
        width: 1.5,
        points: { show: false },
        spanGaps: false,
        ...(dash === undefined ? {} : { dash: [...dash] }),
      })),
    ],
    hooks: { setCursor: [(chart: uPlot) => onCursor(chart.cursor.idx ?? null)] },
  } satisfies Omit<uPlot.Options, "width" | "height">;
}

/** The colours behind tokens as the scheme has them now: a canvas does not know `light-dark()`. */
function resolved(element: HTMLElement): (token: string) => string {
  return (token) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

// The short form of every language: there is little room below a chart.
const hours = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = new Intl.DateTimeFormat(locale, { minute: "2-digit", second: "2-digit" });
const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

function timesOf(_: uPlot, marks: number[], __: number, ___: number, step: number): string[] {
  const form = step >= 86_400 ? days : step >= 60 ? hours : seconds;
  return marks.map((mark) => form.format(mark * 1_000));
}
