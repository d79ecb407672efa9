import { texts } from "@/shared/i18n/monitor";
import { Select } from "@/shared/ui/field";
import { type Range, ranges } from "./range";

/** How far back the charts go. */
export function RangePicker({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  return (
    <div className="w-36">
      <Select aria-label={texts.range.label} value={range} onChange={(event) => onChange(event.target.value as Range)}>
        {Object.keys(ranges).map((name) => (
          <option key={name} value={name}>{texts.range.names[name as Range]}</option>
        ))}
      </Select>
    </div>
  );
}
