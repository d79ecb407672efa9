import { texts } from "@/shared/i18n/admin";
import { Panel } from "@/shared/ui/panel";
import { ErrorState } from "@/shared/ui/states";
import { usePullEvents, usePulls } from "../queries/pulls";
import { PullLine } from "./pull-line";

/** The pulls of the server's process; nothing where there were none. */
export function Pulls() {
  usePullEvents();
  const { data, error, refetch } = usePulls();
  // What was tried again is shown once.
  const pulls = (data?.data ?? []).filter(
    (pull, index, all) => all.findIndex((other) => other.model === pull.model) === index,
  );
  if (error === null && pulls.length === 0) return null;
  return (
    <Panel title={texts.models.pulls}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      <ul className="divide-y divide-line">
        {pulls.map((pull) => <PullLine key={pull.id} pull={pull} />)}
      </ul>
    </Panel>
  );
}
