import { expect, test, vi } from "vitest";
import { eventsOf } from "./event-stream";

function streamOf(pieces: Uint8Array[], onCancel?: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      if (!onCancel) controller.close();
    },
    ...(onCancel && { cancel: onCancel }),
  });
}

async function collect(pieces: Uint8Array[]): Promise<string[]> {
  const events: string[] = [];
  for await (const event of eventsOf(streamOf(pieces))) events.push(event);
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("events are the same wherever the pieces are cut, within characters too", async () => {
  const whole = bytes('data: {"text":"grüße 👋"}\n\n: keep-alive\n\ndata: a\r\ndata: b\r\n\r\n');
  const expected = ['{"text":"grüße 👋"}', "a\nb"];
  expect(await collect([whole])).toEqual(expected);
  for (let cut = 1; cut < whole.length; cut++) {
    expect(await collect([whole.slice(0, cut), whole.slice(cut)]), `cut at ${cut}`).toEqual(expected);
  }
  expect(await collect(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test("an event that was cut off is dropped", async () => {
  expect(await collect([bytes("data: whole\n\ndata: cut off\n")])).toEqual(["whole"]);
});

test("empty data, a missing space and other fields are as the format says", async () => {
  expect(await collect([bytes("data\n\nevent: x\nid: 1\ndata:no space\n\nretry: 5\n\n")])).toEqual(["", "no space"]);
});

test("a reader that leaves early cancels the stream", async () => {
  const onCancel = vi.fn<() => void>();
  for await (const event of eventsOf(streamOf([bytes("data: first\n\n")], onCancel))) {
    expect(event).toBe("first");
    break;
  }
  expect(onCancel).toHaveBeenCalledOnce();
});
