// A message to the server and back over the pages' socket.
import { of } from "./numbers.mjs";

const rounds = 200;

export async function socket({ base, browser }) {
  const page = await browser.newPage();
  await page.goto(`${base}/monitor`);
  const times = await page.evaluate(roundTrips, rounds);
  await page.close();
  return [of("a round trip on /ws", "ms", times, { share: 0.95, budget: { most: 10 } })];
}

/** In the page: one ping after another. */
function roundTrips(count) {
  const open = new WebSocket(`ws://${location.host}/ws`);
  const times = [];
  return new Promise((resolve, reject) => {
    let begun = 0;
    const ping = () => {
      begun = performance.now();
      open.send(JSON.stringify({ ping: times.length }));
    };
    open.onopen = ping;
    open.onerror = () => reject(new Error("the server has no socket at /ws"));
    open.onmessage = ({ data }) => {
      if (JSON.parse(data).topic !== "pong") return;
      times.push(performance.now() - begun);
      if (times.length < count) ping();
      else {
        open.close();
        resolve(times);
      }
    };
  });
}
