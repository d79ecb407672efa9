import { type ReactNode, useCallback } from "react";
import { CodeTools } from "@/shared/markdown/code-block";
import { later } from "@/shared/ui/later";
import { runnable } from "./languages";

// As high as what it waits for, so that nothing moves.
const RunBar = later(() => import("./run-bar"), <div className="h-11 border-t border-line" />);

interface RunnableCodeProps {
  conversation: string;
  /** Whose code it is: the same program in two answers has two runs. */
  answer: string;
  children: ReactNode;
}

/** Lets the code blocks below be run, those of them that are in a language that the sandbox knows. */
export function RunnableCode({ conversation, answer, children }: RunnableCodeProps) {
  const tools = useCallback(
    (code: string, name: string) => {
      const language = runnable(name);
      if (language === null) return null;
      return <RunBar key={code} block={`${answer}\n${code}`} code={code} language={language} session={`${conversation}.${language}`} />;
    },
    [conversation, answer],
  );
  return <CodeTools value={tools}>{children}</CodeTools>;
}
