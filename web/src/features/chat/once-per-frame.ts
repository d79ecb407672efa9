/** Runs `paint` at most once per frame however often it is asked for: tokens come faster than screens show them. */
export function oncePerFrame(paint: () => void): { request: () => void; cancel: () => void } {
  let frame: number | null = null;
  return {
    request() {
      frame ??= requestAnimationFrame(() => {
        frame = null;
        paint();
      });
    },
    cancel() {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
    },
  };
}
