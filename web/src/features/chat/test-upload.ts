import { vi } from "vitest";

/** An upload that the test carries on by hand; in the place of the browser's `XMLHttpRequest`. */
export class FakeUpload extends EventTarget {
  static all: FakeUpload[] = [];
  upload = new EventTarget();
  status = 0;
  response: unknown = null;
  responseType = "";
  address = "";
  sent: unknown = null;
  aborted = false;

  constructor() {
    super();
    FakeUpload.all.push(this);
  }

  open(_method: string, address: string): void {
    this.address = address;
  }

  setRequestHeader(): void {}

  send(body: unknown): void {
    this.sent = body;
  }

  abort(): void {
    this.aborted = true;
  }

  progress(loaded: number, total: number): void {
    this.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded, total, lengthComputable: true }));
  }

  answer(status: number, response: unknown): void {
    Object.assign(this, { status, response });
    this.dispatchEvent(new Event("load"));
  }

  breakOff(): void {
    this.dispatchEvent(new Event("error"));
  }
}

export function fakeUploads(): FakeUpload[] {
  FakeUpload.all = [];
  vi.stubGlobal("XMLHttpRequest", FakeUpload);
  return FakeUpload.all;
}
