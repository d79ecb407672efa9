import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { Panel } from "@/shared/ui/panel";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useSelfTest } from "../queries/sandbox";
import { AttackTable } from "./attack-table";

/** The self-test and what came of it. */
export function SelfTestPanel() {
  const said = texts.sandbox;
  const { result, run } = useSelfTest();
  const action = (
    <Button size="small" disabled={run.isPending} onClick={() => run.mutate()}>{said.run}</Button>
  );
  return (
    <Panel title={said.test} about={said.testAbout} actions={action}>
      {run.isPending && <LoadingState label={said.running} lines={3} />}
      {run.error !== null && <ErrorState error={run.error} onRetry={() => run.mutate()} />}
      {result !== undefined && !run.isPending && (
        <>
          <p role="status" className="flex flex-wrap gap-x-3 pb-2 text-sm">
            <span className={result.breached === 0 ? "text-accent" : ""}>
              {said.result(result.held, result.attacks.length)}
            </span>
            {result.breached > 0 && <span className="text-danger">{said.breached(result.breached)}</span>}
            {result.failed > 0 && <span className="text-warning">{said.unknown(result.failed)}</span>}
          </p>
          <AttackTable attacks={result.attacks} />
        </>
      )}
    </Panel>
  );
}
