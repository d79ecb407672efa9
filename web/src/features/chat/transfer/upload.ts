import { Failure, failureOf } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";

interface UploadOptions {
  /** Of a body that does not know it itself. */
  type?: string;
  /** The share that has been sent, in [0, 1]. */
  onProgress: (share: number) => void;
  signal?: AbortSignal;
}

/**
 * Sends a file and resolves with the server's answer. With the older of the browser's two ways, because `fetch` does not
 * tell how much has been sent.
 */
export function upload<T>(address: string, body: FormData | Blob, options: UploadOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    if (options.type !== undefined) request.setRequestHeader("content-type", options.type);
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) options.onProgress(loaded / total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else reject(failureOf(request.status, request.response));
    });
    // A server that refuses what is too large may close before all of it was sent.
    request.addEventListener("error", () => reject(new Failure(texts.files.brokeOff)));
    options.signal?.addEventListener("abort", () => {
      request.abort();
      reject(options.signal?.reason as Error);
    });
    request.send(body);
  });
}
