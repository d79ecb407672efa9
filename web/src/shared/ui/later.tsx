import { type ComponentType, type ReactNode, useEffect, useState } from "react";

/** A component whose code is fetched when it is first shown. */
export interface Later<Props> {
  (props: Props): ReactNode;
  /** Fetches the code ahead. */
  ahead: () => void;
}

/**
 * A component whose code is fetched when it is first shown; `placeholder` stands there until then, and where the fetch fails
 * the nearest error boundary. Code that is there is shown at once: React holds back what replaces a placeholder of `Suspense`
 * until 300 ms have passed since the placeholder came, so that `lazy` costs that much however fast the code is.
 */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  placeholder: ReactNode = null,
): Later<Props> {
  let part: ComponentType<Props> | null = null;
  let coming: Promise<ComponentType<Props>> | null = null;
  const fetched = async () => {
    coming ??= load().then((module) => (part = module.default));
    try {
      return await coming;
    } catch (failure) {
      // Who asks again tries again.
      coming = null;
      throw failure;
    }
  };
  // Who shows it afterwards is told of a failure.
  const ahead = () => void fetched().catch(() => {});
  function Part(props: Props) {
    const [shown, setShown] = useState<{ part: ComponentType<Props> | null; failure?: unknown }>(() => {
      // Not only in the effect, which comes after the first frame.
      ahead();
      return { part };
    });
    useEffect(() => {
      if (shown.part !== null) return;
      let left = false;
      fetched().then(
        (now) => left || setShown({ part: now }),
        (failure: unknown) => left || setShown({ part: null, failure }),
      );
      return () => {
        left = true;
      };
    }, [shown.part]);
    if ("failure" in shown) throw shown.failure;
    return shown.part === null ? placeholder : <shown.part {...props} />;
  }
  return Object.assign(Part, { ahead });
}
