import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Within this many pixels of the end counts as being there. */
const near = 48;

interface StickToEnd {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atEnd: boolean;
  jump: () => void;
  /** Stays where it is from now on, though it be at the end. */
  release: () => void;
}

/**
 * Keeps a scrolling element at its end while its content grows, unless the person has scrolled away from there.
 * `reset` changes when something else is shown, which begins at its end.
 */
export function useStickToEnd(reset: string): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  /** Whether another place is about to be shown: being at the end until then means nothing. */
  const leaves = useRef(false);
  const [atEnd, setAtEnd] = useState(true);

  const jump = useCallback(() => {
    sticks.current = true;
    leaves.current = false;
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);

  const release = useCallback(() => {
    sticks.current = false;
    leaves.current = true;
  }, []);

  const shown = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (shown.current === reset) return;
    shown.current = reset;
    jump();
  });

  useEffect(() => {
    const element = scroller.current;
    const inside = content.current;
    if (element === null || inside === null) return;
    let top = element.scrollTop;
    const onScroll = () => {
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < near;
      // Only who scrolls up wants to leave: the end also moves away when content grows before this is told.
      if (!isNear) leaves.current = false;
      if (isNear && !leaves.current) sticks.current = true;
      else if (element.scrollTop < top) sticks.current = false;
      top = element.scrollTop;
      setAtEnd(isNear || sticks.current);
    };
    const grown = new ResizeObserver(() => {
      if (sticks.current) element.scrollTop = element.scrollHeight;
      else onScroll();
    });
    grown.observe(inside);
    grown.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      grown.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, []);

  return { scroller, content, atEnd, jump, release };
}
