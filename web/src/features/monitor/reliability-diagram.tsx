import type { Calibration } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCount, formatNumber, formatShare } from "@/shared/lib/format";

const t = texts.quality;
const size = 240;
const left = 34;
const bottom = 26;
const plot = size - left - bottom + 20;

const x = (share: number) => left + share * plot;
const y = (share: number) => 6 + (1 - share) * plot;

/** What was said and what was the case, by tenths of confidence: on the diagonal both agree. */
export function ReliabilityDiagram({ calibration, name }: { calibration: Calibration; name: string }) {
  const bins = calibration.reliability.filter(({ answers }) => answers > 0);
  const most = Math.max(...bins.map(({ answers }) => answers), 1);
  const marks = [0, 0.5, 1];
  return (
    <svg
      viewBox={`0 0 ${x(1) + 8} ${y(0) + bottom}`}
      role="img"
      aria-label={t.diagram(name, formatNumber(calibration.ece))}
      className="w-full max-w-80 text-[9px]"
    >
      {marks.map((mark) => (
        <g key={mark} className="fill-faint stroke-none">
          <line x1={x(0)} x2={x(1)} y1={y(mark)} y2={y(mark)} className="stroke-line" strokeWidth="1" />
          <line x1={x(mark)} x2={x(mark)} y1={y(0)} y2={y(1)} className="stroke-line" strokeWidth="1" />
          <text x={x(0) - 5} y={y(mark) + 3} textAnchor="end">{formatShare(mark)}</text>
          <text x={x(mark)} y={y(0) + 12} textAnchor="middle">{formatShare(mark)}</text>
        </g>
      ))}
      <text x={x(0.5)} y={y(0) + 23} textAnchor="middle" className="fill-soft">{t.said}</text>
      <text transform={`rotate(-90 8 ${y(0.5)})`} x={8} y={y(0.5)} textAnchor="middle" className="fill-soft">{t.right}</text>
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="stroke-faint" strokeDasharray="3 3" />
      <polyline
        points={bins.map(({ said, right }) => `${x(said ?? 0)},${y(right ?? 0)}`).join(" ")}
        className="fill-none stroke-accent"
        strokeWidth="1.5"
      />
      {bins.map(({ from, said, right, answers }) => (
        <circle key={from} cx={x(said ?? 0)} cy={y(right ?? 0)} r={2 + 4 * Math.sqrt(answers / most)} className="fill-accent/70">
          <title>{`${formatShare(said ?? 0)} → ${formatShare(right ?? 0)}, ${t.answers(formatCount(answers))}`}</title>
        </circle>
      ))}
    </svg>
  );
}
