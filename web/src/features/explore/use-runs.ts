import { useEffect, useRef, useState } from "react";
import { type Failure, asFailure } from "@/shared/api/failure";
import type { HttpRequest } from "./request";
import { type Run, repeat } from "./runs";

interface Series {
  runs: readonly Run[];
  wanted: number;
  running: boolean;
  failure: Failure | null;
}

/** A request, several times over. */
export function useRuns() {
  const [series, setSeries] = useState<Series>({ runs: [], wanted: 0, running: false, failure: null });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (request: HttpRequest, wanted: number) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    let runs: readonly Run[] = [];
    setSeries({ runs, wanted, running: true, failure: null });
    let failure: Failure | null = null;
    try {
      for await (const run of repeat(request, wanted, abort.signal)) {
        runs = [...runs, run];
        setSeries({ runs, wanted, running: true, failure });
      }
    } catch (thrown) {
      if (!abort.signal.aborted) failure = asFailure(thrown);
    }
    if (running.current === abort) setSeries({ runs, wanted, running: false, failure });
  };
  return { ...series, start, stop: () => running.current?.abort() };
}
