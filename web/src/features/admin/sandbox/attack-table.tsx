import type { SelfTest } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";

const colours: Record<string, string> = { held: "text-soft", breached: "text-danger", failed: "text-warning" };
const order = ["breached", "failed", "held"];

/** What came of each attack; what got through comes first. */
export function AttackTable({ attacks }: { attacks: SelfTest["attacks"] }) {
  const said = texts.sandbox;
  const sorted = attacks.toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  return (
    <div className="relative -mx-4 max-h-[28rem] overflow-auto px-4">
      <table className="w-full min-w-[36rem] border-collapse text-sm">
        <thead>
          <tr className="text-left text-xs text-faint [&>th]:border-b [&>th]:border-line [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
            <th scope="col">{said.attack}</th>
            <th scope="col">{said.verdict}</th>
            <th scope="col">{said.detail}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((attack) => (
            <tr
              key={`${attack.group} ${attack.name}`}
              className="align-top [&>td]:border-b [&>td]:border-line [&>td]:py-1.5 [&>td]:pr-4"
            >
              <td title={attack.harm}>
                <span className="text-faint">{attack.group}</span> {attack.name}
              </td>
              <td className={`whitespace-nowrap ${colours[attack.verdict] ?? ""}`}>
                {said.verdicts[attack.verdict] ?? attack.verdict}
              </td>
              <td className="break-words text-soft">{attack.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
