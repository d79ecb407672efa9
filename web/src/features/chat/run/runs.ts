import { create } from "zustand";
import { type Failure, asFailure } from "@/shared/api/failure";
import type { SandboxResult } from "../messages/wire";
import { oncePerFrame } from "../once-per-frame";
import { type Program, type Written, interrupt, runProgram } from "./program";

/** A run of a code block's program, as far as it has come. */
export interface Run {
  running: boolean;
  written: readonly Written[];
  result: SandboxResult | null;
  failure: Failure | null;
}

/** By the block that they belong to. They outlive what shows them: a long list makes that anew all the time. */
export const useRuns = create<{ runs: Readonly<Record<string, Run>> }>(() => ({ runs: {} }));

const controllers = new Map<string, AbortController>();

/** Runs a block's program, and fills the run in as it goes. */
export async function start(block: string, program: Program): Promise<void> {
  const controller = new AbortController();
  controllers.set(block, controller);
  let written: readonly Written[] = [];
  set(block, { running: true, written, result: null, failure: null });
  const paint = oncePerFrame(() => set(block, { written }));
  try {
    const output = runProgram(program, controller.signal);
    for (let next = await output.next(); ; next = await output.next()) {
      if (next.done) {
        set(block, { result: next.value });
        break;
      }
      written = withPiece(written, next.value);
      paint.request();
    }
  } catch (thrown) {
    if (!controller.signal.aborted) set(block, { failure: asFailure(thrown) });
  } finally {
    paint.cancel();
    controllers.delete(block);
    set(block, { written, running: false });
  }
}

/** Ends a block's program. Its session keeps its variables where it can. */
export async function end(block: string, session: string): Promise<void> {
  if (!(await interrupt(session))) controllers.get(block)?.abort();
}

/** Pieces of the same stream that follow one another are one. */
function withPiece(written: readonly Written[], piece: Written): readonly Written[] {
  const last = written.at(-1);
  if (last?.to !== piece.to) return [...written, piece];
  return [...written.slice(0, -1), { to: piece.to, text: last.text + piece.text }];
}

const fresh: Run = { running: false, written: [], result: null, failure: null };

function set(block: string, changes: Partial<Run>): void {
  useRuns.setState(({ runs }) => ({ runs: { ...runs, [block]: { ...(runs[block] ?? fresh), ...changes } } }));
}
