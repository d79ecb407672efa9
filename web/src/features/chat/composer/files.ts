import { create } from "zustand";
import { asFailure } from "@/shared/api/failure";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { formatBytes } from "@/shared/lib/format";
import type { UploadedFile } from "../chat-api";
import { upload } from "../transfer/upload";

/** A file that the person put to the next question. */
export interface AttachedFile {
  /** Counts the files of this tab. */
  key: number;
  file: File;
  /** Where this page shows it, where it is an image. */
  url: string | null;
  /** How much of it has been sent, in [0, 1]. */
  share: number;
  /** As the server keeps it; `null` until it does. */
  kept: UploadedFile | null;
  /** Why it cannot go with the question. */
  failure: string | null;
}

/** As the server takes them: crates/council-server/src/routes/attachments.rs. */
const imageTypes = ["image/png", "image/jpeg", "image/webp"];
const mostImageBytes = 5 * 1024 * 1024;

interface Files {
  /** By conversation. */
  of: Readonly<Record<string, readonly AttachedFile[]>>;
}

export const useFiles = create<Files>(() => ({ of: {} }));

const none: readonly AttachedFile[] = [];
const sending = new Map<number, AbortController>();
let latest = 0;

export function useFilesOf(conversation: string): readonly AttachedFile[] {
  return useFiles(({ of }) => of[conversation] ?? none);
}

/** Puts files to the next question: each is sent at once, or says why it cannot be. */
export function attach(conversation: string, files: readonly File[], models: readonly Model[] | undefined): void {
  for (const file of files) {
    const failure = whyNot(file, models);
    const key = ++latest;
    const url = isImage(file) ? URL.createObjectURL(file) : null;
    edit(conversation, (all) => [...all, { key, file, url, share: 0, kept: null, failure }]);
    if (failure === null) void send(conversation, key, file);
  }
}

/** Takes one back. */
export function detach(conversation: string, key: number): void {
  sending.get(key)?.abort();
  drop(conversation, (one) => one.key === key);
}

/** They went with a question. */
export function clearFiles(conversation: string): void {
  drop(conversation, () => true);
}

function drop(conversation: string, gone: (one: AttachedFile) => boolean): void {
  edit(conversation, (all) => {
    for (const { url } of all.filter(gone)) if (url !== null) URL.revokeObjectURL(url);
    return all.filter((one) => !gone(one));
  });
}

/** Whether it is shown as a picture. */
function isImage(file: File): boolean {
  return imageTypes.includes(file.type);
}

/** What is known before anything is sent. */
function whyNot(file: File, models: readonly Model[] | undefined): string | null {
  if (file.size === 0) return texts.files.empty;
  if (!file.type.startsWith("image/")) return null;
  // Before the models are known, the server says it.
  if (models?.every(({ capabilities }) => !capabilities.vision)) return texts.files.noVision;
  if (!imageTypes.includes(file.type)) return texts.files.otherImage;
  return file.size > mostImageBytes ? texts.files.imageTooLarge(formatBytes(mostImageBytes)) : null;
}

async function send(conversation: string, key: number, file: File): Promise<void> {
  const controller = new AbortController();
  sending.set(key, controller);
  const body = new FormData();
  body.append("file", file, file.name);
  try {
    const { data } = await upload<{ data: UploadedFile[] }>(
      `/v1/conversations/${encodeURIComponent(conversation)}/attachments`,
      body,
      { onProgress: (share) => change(conversation, key, { share }), signal: controller.signal },
    );
    change(conversation, key, { kept: data[0] ?? null, share: 1 });
  } catch (thrown) {
    if (controller.signal.aborted) return;
    const { message, hint } = asFailure(thrown);
    change(conversation, key, { failure: hint === null ? message : `${message}; ${hint}` });
  } finally {
    sending.delete(key);
  }
}

function change(conversation: string, key: number, changes: Partial<AttachedFile>): void {
  edit(conversation, (all) => all.map((one) => (one.key === key ? { ...one, ...changes } : one)));
}

function edit(conversation: string, to: (all: readonly AttachedFile[]) => readonly AttachedFile[]): void {
  useFiles.setState(({ of }) => ({ of: { ...of, [conversation]: to(of[conversation] ?? none) } }));
}
