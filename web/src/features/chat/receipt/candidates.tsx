import { formatNumber } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { nameOf } from "../messages/route-badge";
import type { Receipt } from "../messages/wire";
import { Section } from "./section";

/** Everybody who was thought of, with the score and why not. */
export function Candidates({ receipt: { decision, steps } }: { receipt: Receipt }) {
  const asked = new Set(steps.map(({ answerer }) => answerer));
  return (
    <Section title={texts.receipt.candidates} about={texts.receipt.candidatesAbout}>
      {decision ? (
        <div className="overflow-x-auto">
          <table className="w-full text-left tabular-nums">
            <thead className="text-xs text-faint">
              <tr>
                <th className="py-1 pr-4 font-normal">{texts.receipt.candidate}</th>
                <th className="py-1 pr-4 text-right font-normal">{texts.receipt.score}</th>
                <th className="py-1 font-normal">{texts.receipt.whyNot}</th>
              </tr>
            </thead>
            <tbody>
              {decision.considered.map(({ answerer, score, why_not: whyNot }) => (
                <tr key={answerer} className="border-t border-line align-top">
                  <td className="py-1.5 pr-4 break-words">{nameOf(answerer)}</td>
                  <td className="py-1.5 pr-4 text-right">{formatNumber(Math.round(score * 1000) / 1000)}</td>
                  <td className={`py-1.5 ${asked.has(answerer) ? "text-accent" : "text-soft"}`}>
                    {asked.has(answerer) ? texts.receipt.asked : (whyNot ?? texts.receipt.notNeeded)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="text-soft">{texts.receipt.noDecision}</p>
      )}
    </Section>
  );
}
