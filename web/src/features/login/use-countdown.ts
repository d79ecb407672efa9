import { useEffect, useState } from "react";

/** Seconds that are left of a wait, told each second. */
export function useCountdown(): { left: number; begin: (seconds: number) => void } {
  const [left, setLeft] = useState(0);
  const [until, setUntil] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const timer = setInterval(() => {
      // By the clock and not by counting: a page in the background is called less often.
      const now = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(now);
      if (now === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  return {
    left,
    begin(seconds) {
      setLeft(Math.ceil(seconds));
      setUntil(seconds > 0 ? Date.now() + seconds * 1000 : 0);
    },
  };
}
